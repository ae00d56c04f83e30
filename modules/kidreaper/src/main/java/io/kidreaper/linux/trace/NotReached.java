package io.kidreaper.linux.trace;

import io.kidreaper.linux.Errno;
import java.time.Duration;

/** Why a worker was not held at its boundary. In each case it was let go, unharmed. */
public sealed interface NotReached extends Delivery {
  /** The reason as a sentence without its subject. */
  String words();

  /**
   * It did not come to a boundary in time.
   *
   * @param connections how many accepted connections it held at the last look; 0 if it held none
   *     but came to no wait for a request
   * @param waited how long it was given
   */
  record Busy(int connections, Duration waited) implements NotReached {
    @Override
    public String words() {
      String what =
          connections > 0
              ? "still holds " + connections + " accepted connection" + (connections > 1 ? "s" : "")
              : "came to no wait for a request";
      return what + " after " + waited.toMillis() + " ms";
    }
  }

  /** The caller no longer wanted it. */
  record Cancelled() implements NotReached {
    @Override
    public String words() {
      return "was left alone on request";
    }
  }

  /** It ended before the boundary was reached, by itself or by another's doing. */
  record Vanished() implements NotReached {
    @Override
    public String words() {
      return "has ended";
    }
  }

  /** The pid belongs to another process now, which was not touched. */
  record NotSame() implements NotReached {
    @Override
    public String words() {
      return "is gone, and its pid belongs to another process";
    }
  }

  /** It has become another program by exec. */
  record Replaced() implements NotReached {
    @Override
    public String words() {
      return "has become another program";
    }
  }

  /**
   * This user may not trace it.
   *
   * @param errno as in {@code errno(3)}
   * @param advice what to change, as a sentence
   */
  record NotPermitted(int errno, String advice) implements NotReached {
    @Override
    public String words() {
      return "may not be traced: " + Errno.describe(errno) + "; " + advice;
    }
  }

  /**
   * Another process traces it (strace, gdb), and a process can have one tracer only.
   *
   * @param tracerPid which one
   */
  record AlreadyTraced(int tracerPid) implements NotReached {
    @Override
    public String words() {
      return "is traced by process " + tracerPid;
    }
  }

  /** It was stopped by SIGSTOP or its like, and was left so. */
  record Stopped() implements NotReached {
    @Override
    public String words() {
      return "is stopped by a signal";
    }
  }

  /** It sleeps where nothing can interrupt it (state D), and was let go at once. */
  record Uninterruptible() implements NotReached {
    @Override
    public String words() {
      return "is in uninterruptible sleep";
    }
  }

  /** Whether it is at a boundary cannot be told. */
  record Unclear(Holding.Why why) implements NotReached {
    @Override
    public String words() {
      return "cannot be judged: " + why.words();
    }
  }
}
