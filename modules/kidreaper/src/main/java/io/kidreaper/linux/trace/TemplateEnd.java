package io.kidreaper.linux.trace;

import java.util.concurrent.TimeUnit;

/** How a template goes when it is not needed or not fit. */
final class TemplateEnd {
  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;
  private static final int GRACE_MILLIS = (int) TimeUnit.SECONDS.toMillis(10);

  private TemplateEnd() {}

  /**
   * Ends a traced template. It has accepted nothing, so SIGKILL cuts nothing. Only where it has
   * processes of its own, or holds a connection since it was faster than its tracer, it is let go
   * and asked first, and is given some seconds.
   *
   * @return whether the pidfd is in use on; the caller's thread must end then, which lets it go
   */
  static boolean end(TemplateEquipment equipment, int pid, int pidfd) {
    if (!equipment.proc().hasChildren(pid) && holdsNothing(equipment, pid, pidfd)) {
      int _ = equipment.libc().pidfdSendSignal(pidfd, SIGKILL);
      return false;
    }
    Thread.ofPlatform().name("kidreaper-template-end").daemon().start(() -> ask(equipment, pidfd));
    return true;
  }

  private static boolean holdsNothing(TemplateEquipment equipment, int pid, int pidfd) {
    Proc proc = equipment.proc();
    try (ConnectionsHeld connections =
        new ConnectionsHeld(
            proc.root(),
            pid,
            equipment.architecture(),
            new SocketCopies(pidfd, new SocketTables(proc.root(), pid)))) {
      return switch (connections.now()) {
        case Holding.Connections(int _) -> false;
        case Holding.Nothing(), Holding.Unclear(Holding.Why _) -> true;
      };
    }
  }

  private static void ask(TemplateEquipment equipment, int pidfd) {
    int _ = equipment.libc().pidfdSendSignal(pidfd, SIGTERM);
    if (equipment.libc().pollReadable(pidfd, GRACE_MILLIS) != 1) {
      int _ = equipment.libc().pidfdSendSignal(pidfd, SIGKILL);
    }
    int _ = equipment.libc().close(pidfd);
  }
}
