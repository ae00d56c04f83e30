package io.kidreaper.fastcgi;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link FastCgiServer}. It needs a handler and a place to listen. */
public final class FastCgiServerBuilder {
  private interface Opener {
    Listener open(Set<InetAddress> webServers) throws IOException;
  }

  private final Map<Role, FastCgiHandler> handlers = new EnumMap<>(Role.class);
  private @Nullable Opener opener;
  private Set<InetAddress> webServers = Set.of();
  private ResponderLimits limits = ResponderLimits.DEFAULT;
  private long maxRequests = Long.MAX_VALUE;
  private long readMillis = 30_000;
  private long writeMillis = 60_000;
  private long idleMillis;
  private long drainMillis = 30_000;
  private int bufferBytes = 64 * 1_024;
  private boolean abortOnHangup;
  private ErrorListener errors = ErrorListener.logging();

  FastCgiServerBuilder() {}

  /** Who answers HTTP requests (6.2). A role without handler is refused with UNKNOWN_ROLE. */
  public FastCgiServerBuilder responder(FastCgiHandler handler) {
    handlers.put(Role.RESPONDER, handler);
    return this;
  }

  /**
   * Who says whether HTTP requests may go on (6.3): with status 200, or another one and why not.
   */
  public FastCgiServerBuilder authorizer(FastCgiHandler handler) {
    handlers.put(Role.AUTHORIZER, handler);
    return this;
  }

  /** Who answers with a changed form of {@link FastCgiRequest#data} (6.4). */
  public FastCgiServerBuilder filter(FastCgiHandler handler) {
    handlers.put(Role.FILTER, handler);
    return this;
  }

  /**
   * Listens on descriptor 0, TCP or unix, as a process manager or web server hands it over (2.2).
   * Over TCP, only the addresses in FCGI_WEB_SERVER_ADDRS may connect, if that is set (3.2).
   */
  public FastCgiServerBuilder listenInherited() {
    webServers = Listener.webServers(System.getenv("FCGI_WEB_SERVER_ADDRS"));
    opener = Listener::inherited;
    return this;
  }

  /** Listens on a TCP address; port 0 lets the system choose one. */
  public FastCgiServerBuilder listenTcp(InetSocketAddress address) {
    opener = allowed -> Listener.tcp(address, allowed);
    return this;
  }

  /**
   * Listens on a unix socket, and removes its file when finished. Who may connect is up to the
   * permissions of its directory. A socket file that nobody listens on is replaced.
   */
  public FastCgiServerBuilder listenUnix(Path file) {
    opener = ignored -> Listener.unix(file);
    return this;
  }

  /** Which addresses may connect over TCP; an empty set, the default, means all. */
  public FastCgiServerBuilder allowWebServers(Set<InetAddress> addresses) {
    webServers = Set.copyOf(addresses);
    return this;
  }

  /** What a web server may ask; {@link ResponderLimits#DEFAULT} unless set. */
  public FastCgiServerBuilder limits(ResponderLimits newLimits) {
    limits = newLimits;
    return this;
  }

  /** After this many requests, 1 or more, the server finishes. No limit unless set. */
  public FastCgiServerBuilder maxRequests(long requests) {
    maxRequests = require("maxRequests", requests, 1, Long.MAX_VALUE);
    return this;
  }

  /**
   * How long a web server may take to bring a request's parameters, or the next piece of its body,
   * in milliseconds; 30 s unless set, 0 = no limit. Enforced to within 50 ms, as all times here.
   */
  public FastCgiServerBuilder readMillis(long millis) {
    readMillis = require("readMillis", millis, 0, Integer.MAX_VALUE);
    return this;
  }

  /**
   * How long a web server may take nothing of a response that waits for it, in milliseconds; 60 s
   * unless set, 0 = no limit.
   */
  public FastCgiServerBuilder writeMillis(long millis) {
    writeMillis = require("writeMillis", millis, 0, Integer.MAX_VALUE);
    return this;
  }

  /** How long a kept-alive connection may rest, in milliseconds; 0, the default = no limit. */
  public FastCgiServerBuilder idleMillis(long millis) {
    idleMillis = require("idleMillis", millis, 0, Integer.MAX_VALUE);
    return this;
  }

  /** How long a finishing server waits for its requests, in milliseconds; 30 s unless set. */
  public FastCgiServerBuilder drainMillis(long millis) {
    drainMillis = require("drainMillis", millis, 0, Integer.MAX_VALUE);
    return this;
  }

  /** The most of a request's body that is held for its handler, in bytes; 64 KiB unless set. */
  public FastCgiServerBuilder bufferBytes(int bytes) {
    bufferBytes = (int) require("bufferBytes", bytes, 1, 1 << 30);
    return this;
  }

  /**
   * Whether a request is aborted when the web server ends the connection's sending half after it
   * has sent the whole request. Most web servers do so only when their client has gone, but one may
   * also close just that half and wait for the answer. Not unless set.
   */
  public FastCgiServerBuilder abortOnHangup(boolean abort) {
    abortOnHangup = abort;
    return this;
  }

  /**
   * Who hears of failed handlers and broken connections; {@link ErrorListener#logging} unless set.
   */
  public FastCgiServerBuilder onError(ErrorListener listener) {
    errors = listener;
    return this;
  }

  /**
   * Listens and serves.
   *
   * @throws IOException if the place to listen cannot be had
   * @throws IllegalStateException if no handler or no place was given
   */
  public FastCgiServer start() throws IOException {
    if (handlers.isEmpty()) {
      throw new IllegalStateException("no handler: call responder, authorizer or filter");
    }
    if (opener == null) {
      throw new IllegalStateException(
          "nowhere to listen: call listenInherited, listenTcp or listenUnix");
    }
    Responder responder =
        new Responder(
            handlers,
            limits,
            readMillis,
            writeMillis,
            idleMillis,
            bufferBytes,
            abortOnHangup,
            errors);
    FastCgiServer server =
        new FastCgiServer(opener.open(webServers), responder, maxRequests, drainMillis);
    server.start();
    return server;
  }

  private static long require(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " is " + value + ", not within " + min + " to " + max);
    }
    return value;
  }
}
