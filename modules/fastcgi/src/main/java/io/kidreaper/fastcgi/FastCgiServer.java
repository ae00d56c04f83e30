package io.kidreaper.fastcgi;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A FastCGI application server: accepts web servers' connections and has their requests handled on
 * virtual threads.
 *
 * <pre>{@code
 * FastCgiServer server =
 *     FastCgiServer.builder()
 *         .responder((request, response) -> response.send("text/plain", "hello"))
 *         .listenInherited()   // or listenTcp(address), listenUnix(path)
 *         .maxRequests(10_000)
 *         .start();
 * server.finishOnSignals();
 * server.join();
 * }</pre>
 *
 * <p>It ends gracefully by {@link #finish}: the listening socket is closed, requests that have
 * begun are answered, and every connection is closed right behind an answer, where a web server
 * sees it before it uses the connection again. A kept-alive connection without a request is given
 * {@value #IDLE_GRACE_MILLIS} ms to bring one more before it is closed; FastCGI has no way to
 * announce that, so a request that a web server sends in the very moment of that close finds it
 * closed.
 */
public final class FastCgiServer implements AutoCloseable {
  /** How long a finishing server leaves a kept-alive connection open that does nothing. */
  private static final long IDLE_GRACE_MILLIS = 250;

  private final Listener listener;
  private final SocketAddress address;
  private final Responder responder;
  private final long maxRequests;
  private final long drainMillis;
  private final Watch watch = new Watch("fastcgi-deadlines");
  private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
  private final Pace pace = new Pace();
  private final Acceptors acceptors;
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicLong begun = new AtomicLong();
  private final AtomicBoolean finishing = new AtomicBoolean();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final ServerConnection.Owner owner = new Owner();

  FastCgiServer(Listener listener, Responder responder, long maxRequests, long drainMillis)
      throws IOException {
    this.listener = listener;
    this.address = listener.address();
    this.responder = responder;
    this.maxRequests = maxRequests;
    this.drainMillis = drainMillis;
    this.acceptors =
        new Acceptors(
            listener, responder.limits().maxConnections(), pace, new Host(), responder.errors());
  }

  /** A server in the making. */
  public static FastCgiServerBuilder builder() {
    return new FastCgiServerBuilder();
  }

  void start() {
    acceptors.start();
  }

  /** Where the server listens; for TCP port 0, with the port that the system chose. */
  public SocketAddress address() {
    return address;
  }

  /** The number of requests that have begun since the start. */
  public long requestsBegun() {
    return begun.get();
  }

  /** The number of requests that are being handled now. */
  public int activeRequests() {
    return active.get();
  }

  /** The number of connections that are open now. */
  public int openConnections() {
    return connections.size();
  }

  /**
   * Stops accepting connections, finishes the current requests and ends. Returns at once; {@link
   * #join} waits for it. What is not finished after the drain time is cut. A second call does
   * nothing.
   */
  public void finish() {
    if (finishing.compareAndSet(false, true)) {
      Thread.ofPlatform().name("fastcgi-finish").start(this::drain);
    }
  }

  private void drain() {
    try {
      long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(drainMillis);
      closeListener();
      if (!connections.isEmpty() && !finished.await(IDLE_GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
        connections.forEach(ServerConnection::shutIfIdle);
      }
      while (!connections.isEmpty() && System.nanoTime() - deadlineNanos < 0) {
        if (!finished.await(10, TimeUnit.MILLISECONDS)) {
          connections.forEach(ServerConnection::shutIfIdle);
        }
      }
    } catch (InterruptedException hurried) {
      // Cut what is left, as after the drain time.
    } finally {
      connections.forEach(ServerConnection::shut);
      watch.close();
      finished.countDown();
    }
  }

  private void closeListener() throws InterruptedException {
    try {
      listener.close();
    } catch (IOException failed) {
      responder.errors().failed("the listening socket was not closed cleanly", failed);
    }
    // What was accepted last is among the connections after that.
    acceptors.awaitEnd();
  }

  /** Waits until the server has finished; it does so after {@link #finish} or its last request. */
  public void join() throws InterruptedException {
    finished.await();
  }

  /**
   * Waits until the server has finished.
   *
   * @return false if it has not within this time
   */
  public boolean join(long millis) throws InterruptedException {
    return finished.await(millis, TimeUnit.MILLISECONDS);
  }

  /**
   * From now on TERM, HUP and USR1 {@link #finish} the server, as process managers and web servers
   * mean them. This changes the signals of the whole process, so it is for a program's main method;
   * the program should end by returning from there, not by System.exit within a handler.
   *
   * @throws UnsupportedOperationException if this JDK has no jdk.unsupported module
   * @throws IllegalArgumentException if the JVM was started with -Xrs
   */
  public FastCgiServer finishOnSignals() {
    return finishOnSignals(Set.of("TERM", "HUP", "USR1"));
  }

  /** Like {@link #finishOnSignals()} with these signals; their names are without SIG. */
  public FastCgiServer finishOnSignals(Set<String> names) {
    Signals.handle(names, this::finish);
    return this;
  }

  /** Ends at once: requests that are being handled are aborted. */
  @Override
  public void close() {
    finish();
    boolean interrupted = false;
    while (true) {
      connections.forEach(ServerConnection::shut);
      try {
        if (finished.await(10, TimeUnit.MILLISECONDS)) {
          break;
        }
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Owner implements ServerConnection.Owner {
    @Override
    public boolean begin() {
      if (active.incrementAndGet() > responder.limits().maxRequests()) {
        active.decrementAndGet();
        return false;
      }
      if (begun.incrementAndGet() == maxRequests) {
        finish();
      }
      return true;
    }

    @Override
    public void end() {
      active.decrementAndGet();
    }

    @Override
    public boolean isFinishing() {
      return finishing.get();
    }

    @Override
    public void closed(ServerConnection connection) {
      watch.remove(connection);
      connections.remove(connection);
      acceptors.release();
    }

    @Override
    public void took(long nanos) {
      pace.took(nanos);
    }
  }

  private final class Host implements Acceptors.Host {
    @Override
    public ServerConnection connect(SocketChannel channel) {
      ServerConnection connection = new ServerConnection(channel, responder, owner);
      connections.add(connection);
      watch.add(connection);
      return connection;
    }

    @Override
    public boolean isFinishing() {
      return finishing.get();
    }
  }
}
