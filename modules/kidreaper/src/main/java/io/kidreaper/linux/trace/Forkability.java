package io.kidreaper.linux.trace;

import java.util.List;
import java.util.OptionalInt;

/**
 * Tells, without touching it, whether workers like a running one could be forked from a template.
 * What the program does while it loads is not seen.
 */
public sealed interface Forkability {
  /** Nothing is against it. */
  record Possible() implements Forkability {}

  /**
   * They could not.
   *
   * @param words why, as a sentence without its subject
   */
  record Impossible(String words) implements Forkability {}

  /** It may not be looked at, or is gone. */
  record Unknown() implements Forkability {}

  /** Looks at one process. */
  static Forkability of(int pid) {
    return of(Proc.REAL, Architecture.ofThisMachine(), pid);
  }

  private static Forkability of(Proc proc, Architecture architecture, int pid) {
    List<Integer> threads = proc.threads(pid);
    if (threads.isEmpty()) {
      return new Unknown();
    }
    if (threads.size() > 1) {
      return new Impossible(new NotForkable.SeveralThreads(threads.size()).words());
    }
    boolean[] ioUring = new boolean[1];
    OptionalInt unreadable;
    try (Descriptors descriptors = new Descriptors(proc.root(), pid, architecture)) {
      unreadable =
          descriptors.visit(
              new Descriptors.Visitor() {
                @Override
                public void socket(int fd, long inode) {}

                @Override
                public void ioUring(int fd) {
                  ioUring[0] = true;
                }
              });
    }
    if (ioUring[0]) {
      return new Impossible(new NotForkable.Unclear(Holding.Why.IO_URING).words());
    }
    return switch (proc.call(pid, pid)) {
      case CallLine.InCall call ->
          architecture.syscalls().epollWaits().contains(call.number())
              ? new Impossible(new NotForkable.SharedEpoll().words())
              : new Possible();
      case CallLine.Elsewhere() -> unreadable.isPresent() ? new Unknown() : new Possible();
      case CallLine.Unreadable() -> new Unknown();
    };
  }
}
