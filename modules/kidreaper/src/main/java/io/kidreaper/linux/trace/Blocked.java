package io.kidreaper.linux.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the threads of a process are blocked in, seen without touching it.
 *
 * @param waits the wait calls among their calls
 * @param unseen how many sleep in a call that may not be seen, and may be a wait
 */
record Blocked(List<WaitCall> waits, int unseen) {
  /** Functions of the kernel in which a thread sleeps that waits for no connection. */
  private static final List<String> OTHER_SLEEPS =
      List.of("nanosleep", "pipe", "futex", "do_wait", "sigsuspend", "sigtimedwait", "lock");

  /** Empty where some thread is not blocked. */
  static Optional<Blocked> look(Proc proc, Architecture architecture, int pid) {
    List<WaitCall> waits = new ArrayList<>();
    int unseen = 0;
    for (int tid : proc.threads(pid)) {
      switch (proc.call(pid, tid)) {
        case CallLine.InCall(long number, long first, long second, long _) -> {
          if (architecture.syscalls().waits().contains(number)) {
            waits.add(new WaitCall(number, first, second));
          }
        }
        case CallLine.Elsewhere() -> {
          return Optional.empty();
        }
        case CallLine.Unreadable() -> {
          if (!proc.stat(pid, tid).map(stat -> stat.state() == 'S').orElse(false)) {
            return Optional.empty();
          }
          unseen += mayWait(proc, pid, tid) ? 1 : 0;
        }
      }
    }
    return Optional.of(new Blocked(waits, unseen));
  }

  /**
   * Where the call may not be seen, the function mostly may: the former needs the right to trace,
   * the latter only the right to read.
   */
  private static boolean mayWait(Proc proc, int pid, int tid) {
    return proc.sleepsIn(pid, tid)
        .map(function -> OTHER_SLEEPS.stream().noneMatch(function::contains))
        .orElse(true);
  }

  /** Whether one of the threads, as far as can be seen, is in a wait call. */
  boolean inWait() {
    return !waits.isEmpty() || unseen > 0;
  }
}
