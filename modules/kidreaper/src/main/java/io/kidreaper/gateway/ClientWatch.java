package io.kidreaper.gateway;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Notices clients that went away while their answer was being made, and those that take nothing.
 * The JDK's server tells of neither, so the first is read from the kernel's table of connections;
 * on a system without that table a client's end is noticed when something is written to it.
 */
final class ClientWatch implements AutoCloseable {
  private static final long PERIOD_MILLIS = 250;

  /** The table is not read for answers that come within this time, as most do. */
  private static final long YOUNG_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** One reading is not made in one moment, and may miss a connection while others come and go. */
  private static final int MISSING_TWICE = 2;

  private final Path tables;
  private final Set<Attendance> attending = new HashSet<>();
  private boolean closed;

  private ClientWatch(Path tables) {
    this.tables = tables;
  }

  /**
   * Watches until it is closed.
   *
   * @param tables where {@code tcp} and {@code tcp6} are: {@code /proc/net}
   */
  static ClientWatch start(Path tables) {
    ClientWatch watch = new ClientWatch(tables);
    Thread.ofPlatform().daemon().name("gateway-clients").start(watch::run);
    return watch;
  }

  Attendance attend(InetSocketAddress server, InetSocketAddress client) {
    Attendance attendance = new Attendance(this, server, client);
    synchronized (attending) {
      attending.add(attendance);
      attending.notifyAll();
    }
    return attendance;
  }

  void leave(Attendance attendance) {
    synchronized (attending) {
      attending.remove(attendance);
    }
  }

  private void run() {
    try {
      while (true) {
        List<Attendance> now;
        synchronized (attending) {
          while (attending.isEmpty() && !closed) {
            attending.wait();
          }
          if (closed) {
            return;
          }
        }
        TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
        synchronized (attending) {
          now = List.copyOf(attending);
        }
        look(now, System.nanoTime());
      }
    } catch (InterruptedException nobodys) {
      // No one has this thread to interrupt it.
    }
  }

  private void look(List<Attendance> all, long nowNanos) {
    all.forEach(one -> one.look(nowNanos));
    List<Attendance> old =
        all.stream().filter(one -> nowNanos - one.sinceNanos() >= YOUNG_NANOS).toList();
    if (old.isEmpty()) {
      return;
    }
    Optional<TcpTable> table = TcpTable.read(tables, old.getFirst().server().getPort());
    if (table.isEmpty()) {
      return;
    }
    for (Attendance one : old) {
      switch (table.get().peer(one.server(), one.client())) {
        case THERE -> one.timesMissing = 0;
        case GONE -> one.gone();
        case UNKNOWN -> {
          if (++one.timesMissing == MISSING_TWICE) {
            one.gone();
          }
        }
      }
    }
  }

  @Override
  public void close() {
    synchronized (attending) {
      closed = true;
      attending.notifyAll();
    }
  }
}
