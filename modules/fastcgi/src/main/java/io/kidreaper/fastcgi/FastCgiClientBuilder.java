package io.kidreaper.fastcgi;

/** The settings of a {@link FastCgiClient}. All times are enforced to within 50 ms. */
public final class FastCgiClientBuilder {
  final Target target;
  int maxIdle;
  int maxConnections = 256;
  long connectMillis = 5_000;
  long readMillis = 60_000;
  long writeMillis = 60_000;
  long callMillis;

  FastCgiClientBuilder(Target target) {
    this.target = target;
  }

  private FastCgiClientBuilder(FastCgiClientBuilder other) {
    this(other.target);
    maxIdle = other.maxIdle;
    maxConnections = other.maxConnections;
    connectMillis = other.connectMillis;
    readMillis = other.readMillis;
    writeMillis = other.writeMillis;
    callMillis = other.callMillis;
  }

  /**
   * How many connections are kept for further calls; 0, the default, makes a new one for each. Mind
   * that a prefork application's worker serves nobody else while its connection is kept.
   * Connections of a {@link Dialer} are never used twice.
   */
  public FastCgiClientBuilder maxIdle(int connections) {
    maxIdle = (int) require("maxIdle", connections, 0);
    return this;
  }

  /** How many calls there may be at once, 1 or more; further ones wait. 256 unless set. */
  public FastCgiClientBuilder maxConnections(int connections) {
    maxConnections = (int) require("maxConnections", connections, 1);
    return this;
  }

  /** How long to wait for a connection, in milliseconds; 5 s unless set, 0 = no limit. */
  public FastCgiClientBuilder connectMillis(long millis) {
    connectMillis = require("connectMillis", millis, 0);
    return this;
  }

  /** How long the application may send nothing, in milliseconds; 60 s unless set, 0 = no limit. */
  public FastCgiClientBuilder readMillis(long millis) {
    readMillis = require("readMillis", millis, 0);
    return this;
  }

  /**
   * How long it may take nothing of the request, in milliseconds; 60 s unless set, 0 = no limit.
   */
  public FastCgiClientBuilder writeMillis(long millis) {
    writeMillis = require("writeMillis", millis, 0);
    return this;
  }

  /** How long a whole call may take once connected, in milliseconds; 0, the default = no limit. */
  public FastCgiClientBuilder callMillis(long millis) {
    callMillis = require("callMillis", millis, 0);
    return this;
  }

  /** A client with these settings. It connects when it is called. */
  public FastCgiClient build() {
    return new FastCgiClient(new FastCgiClientBuilder(this));
  }

  private static long require(String name, long value, long min) {
    if (value < min || value > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          name + " is " + value + ", not within " + min + " to " + Integer.MAX_VALUE);
    }
    return value;
  }
}
