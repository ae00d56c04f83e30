package io.kidreaper.fastcgi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Accepts connections, one thread at a time. That thread serves a connection's first request itself
 * where requests are short ({@link Pace}); if one turns out not to be, another thread accepts in
 * its place. Otherwise each connection gets a virtual thread.
 */
final class Acceptors {
  /** What a server does with a connection. */
  interface Host {
    /** Makes a connection and counts it. */
    ServerConnection connect(SocketChannel channel);

    /** Whether nothing more is to be accepted. */
    boolean isFinishing();
  }

  /** How long the acceptor rests when the system has no more descriptors. */
  private static final long BACKOFF_MILLIS = 50;

  /**
   * How many acceptors may be stuck with a request that is not short. They are platform threads:
   * with more of them, peers that read slowly would cost more memory than a connection may.
   */
  private static final int MAX_STUCK = 16;

  private final Listener listener;
  private final Host host;
  private final ErrorListener errors;
  private final Pace pace;

  /** With one connection at a time nobody else can be made to wait. */
  private final boolean single;

  private final Semaphore slots;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<Acceptor> current = new AtomicReference<>();
  private final AtomicInteger stuck = new AtomicInteger();

  Acceptors(Listener listener, int maxConnections, Pace pace, Host host, ErrorListener errors) {
    this.listener = listener;
    this.host = host;
    this.errors = errors;
    this.pace = pace;
    this.single = maxConnections == 1;
    this.slots = new Semaphore(maxConnections);
  }

  void start() {
    Acceptor first = new Acceptor();
    current.set(first);
    first.start();
  }

  /** Makes room for another connection. */
  void release() {
    slots.release();
  }

  /** Waits until nothing is accepted any more, after the listener was closed. */
  void awaitEnd() throws InterruptedException {
    // The acceptor may wait for a slot; the listener's close does not wake it from that.
    slots.release();
    ended.await();
  }

  private boolean mayServe() {
    return single || (pace.isQuick() && stuck.get() < MAX_STUCK);
  }

  /** One thread that accepts, until its place is taken. */
  final class Acceptor {
    private ByteBuffer buffer = ServerConnection.buffer();

    void start() {
      // A platform thread: see Listener. Not a daemon, so that the JVM lives while it serves.
      Thread.ofPlatform().name("fastcgi-accept").start(this::run);
    }

    /** Lets another thread accept while this one is busy. A second call does nothing. */
    void replace() {
      Acceptor next = new Acceptor();
      if (current.compareAndSet(this, next)) {
        stuck.incrementAndGet();
        next.start();
      }
    }

    private void run() {
      try {
        while (current.get() == this && !host.isFinishing()) {
          accept();
        }
      } catch (ClosedChannelException stopped) {
        // By finish(), which sees to the rest.
      } catch (InterruptedException nobodys) {
        errors.failed("the accepting thread was interrupted and ends", nobodys);
      } finally {
        if (current.get() == this) {
          ended.countDown();
        } else {
          stuck.decrementAndGet();
        }
      }
    }

    private void accept() throws ClosedChannelException, InterruptedException {
      slots.acquire();
      SocketChannel channel;
      try {
        channel = listener.accept();
      } catch (ClosedChannelException stopped) {
        throw stopped;
      } catch (IOException failed) {
        slots.release();
        errors.failed("accept failed; trying again", failed);
        TimeUnit.MILLISECONDS.sleep(BACKOFF_MILLIS);
        return;
      }
      ServerConnection connection = host.connect(channel);
      if (!mayServe()) {
        Thread.ofVirtual().name("fastcgi-connection").start(connection::run);
      } else if (!connection.serveFirst(this, buffer)) {
        buffer = ServerConnection.buffer();
      }
    }
  }
}
