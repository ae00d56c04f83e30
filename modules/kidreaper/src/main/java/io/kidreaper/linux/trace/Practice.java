package io.kidreaper.linux.trace;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A retirement on a process that nobody needs, before the first real one. A JVM loads and links
 * classes when it first comes to them, which takes tens of milliseconds and, on a busy machine, up
 * to a second; without practice a worker would stand still for it.
 *
 * <p>All it has is an effect on the time of later deliveries. Where it does not succeed nothing is
 * lost by it but that.
 */
public final class Practice {
  private static final int FDS = 32;
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** Ignored where nobody asked for it. */
  private static final int SIGURG = 23;

  /** As the kernel tells of an epoll set. */
  private static final String EPOLL =
      "tfd:        5 events:       19 data:                5  pos:0 ino:84ebff sdev:9\n";

  private Practice() {}

  /** Practises with a tracer that is about to be used. */
  static void with(Tracer tracer) {
    try (Arena arena = Arena.ofShared()) {
      // Its memory is a copy of ours: what we lay out here it has at the same address.
      MemorySegment fds = arena.allocate(FDS * Long.BYTES, 8).fill((byte) -1);
      for (int fd = 0; fd < FDS; fd++) {
        fds.set(ValueLayout.JAVA_INT, fd * 8L, fd);
      }
      Optional<StandIn> standIn = StandIn.start();
      if (standIn.isPresent()) {
        with(tracer, standIn.get(), fds.address());
      }
    }
  }

  private static void with(Tracer tracer, StandIn standIn, long fds) {
    try (StandIn child = standIn) {
      Delivery _ = tracer.deliver(child.id(), SIGURG, PATIENCE);
      // And once as if it had been followed to the entry of its accept.
      Held<Integer> _ =
          tracer.atBoundary(
              child.id(),
              PATIENCE,
              Cancel.NEVER,
              held -> {
                if (held instanceof Standing standing) {
                  standing.enterAgain();
                }
                otherWaits(held, fds);
                return held.signal(SIGURG);
              });
    }
  }

  /** What workers wait in that do not wait in accept. */
  private static void otherWaits(HeldWorker held, long fds) {
    Architecture architecture = Architecture.ofThisMachine();
    int pid = held.process().pid();
    try (ConnectionsHeld sockets =
        new ConnectionsHeld(
            Proc.REAL.root(), pid, architecture, new SocketTables(Proc.REAL.root(), pid))) {
      ListenerWait wait =
          new ListenerWait(architecture, sockets, new EpollSets(Proc.REAL, pid), held::readMemory);
      List<EpollSets.Watched> _ = EpollSets.parse(EPOLL);
      Syscalls calls = architecture.syscalls();
      for (long number : calls.waits()) {
        boolean _ =
            wait.isOf(
                calls.selects().contains(number)
                    ? new WaitCall(number, FDS, fds)
                    : new WaitCall(number, fds, FDS));
      }
    }
  }

  /** Practises for the sake of it, as for a start-up cache. */
  public static void alone() {
    try (Tracer tracer = Tracer.start()) {
      with(tracer);
    }
  }
}
