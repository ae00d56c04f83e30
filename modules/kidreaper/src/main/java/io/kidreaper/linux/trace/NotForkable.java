package io.kidreaper.linux.trace;

import io.kidreaper.linux.Errno;
import java.time.Duration;

/** Why no workers can be forked from a program that was started as a template. */
public sealed interface NotForkable {
  /** The reason as a sentence without its subject. */
  String words();

  /** Whether the next attempt with the same program would come to the same. */
  boolean lasting();

  /**
   * A fork copies only the thread that calls it.
   *
   * @param threads how many it has when one of them waits for a connection; at least 2
   */
  record SeveralThreads(int threads) implements NotForkable {
    @Override
    public String words() {
      return "has " + threads + " threads, and a fork has only one of them";
    }

    @Override
    public boolean lasting() {
      return true;
    }
  }

  /** It ended before it waited for a connection; how, its parent learns. */
  record Ended() implements NotForkable {
    @Override
    public String words() {
      return "ended before it waited for a connection";
    }

    @Override
    public boolean lasting() {
      return false;
    }
  }

  /**
   * It did not come to wait for a connection in time.
   *
   * @param waited how long it was given
   * @param hasChildren whether it has processes of its own, which may be what waits
   */
  record NeverAccepts(Duration waited, boolean hasChildren) implements NotForkable {
    @Override
    public String words() {
      return "has not waited for a connection within "
          + waited.toMillis()
          + " ms"
          + (hasChildren
              ? "; it has started processes of its own, so it may be a manager itself: let it have"
                  + " no workers of its own"
              : "");
    }

    @Override
    public boolean lasting() {
      return true;
    }
  }

  /** It may not be traced, or is traced by another. */
  record Untraceable(NotReached why) implements NotForkable {
    @Override
    public String words() {
      return why.words();
    }

    @Override
    public boolean lasting() {
      return true;
    }
  }

  /** A program of 32 bits, say. */
  record OtherArchitecture() implements NotForkable {
    @Override
    public String words() {
      return "is a program of another architecture than kidreaper (of 32 bits, perhaps)";
    }

    @Override
    public boolean lasting() {
      return true;
    }
  }

  /** All forks would share one epoll instance, and each be told of the others' connections. */
  record SharedEpoll() implements NotForkable {
    @Override
    public String words() {
      return "waits for connections by epoll, whose one set all its forks would share";
    }

    @Override
    public boolean lasting() {
      return true;
    }
  }

  /** Whether it holds a connection cannot be told, or the kernel accepts for it (io_uring). */
  record Unclear(Holding.Why why) implements NotForkable {
    @Override
    public String words() {
      return "cannot be judged: " + why.words();
    }

    @Override
    public boolean lasting() {
      return true;
    }
  }

  /** The few instructions that bring it back to its wait call have no place. */
  record NoStub(String why) implements NotForkable {
    @Override
    public String words() {
      return "cannot be made to fork: " + why;
    }

    @Override
    public boolean lasting() {
      return true;
    }
  }

  /**
   * The kernel refused a call that it was made to make, for instance by its seccomp filter.
   *
   * @param call its name
   * @param errno as in {@code errno(3)}
   */
  record CallRefused(String call, int errno) implements NotForkable {
    @Override
    public String words() {
      return "was refused " + call + ": " + Errno.describe(errno);
    }

    @Override
    public boolean lasting() {
      return errno != Errno.EAGAIN
          && errno != Errno.ENOMEM
          && errno != Errno.EMFILE
          && errno != Errno.ENFILE
          && errno != Errno.ESRCH;
    }
  }

  /** A handler of a signal has not returned, and the program went on elsewhere. */
  record LedAway() implements NotForkable {
    @Override
    public String words() {
      return "was led away by the handler of a signal";
    }

    @Override
    public boolean lasting() {
      return false;
    }
  }

  /** Nobody wants it any more. */
  record Cancelled() implements NotForkable {
    @Override
    public String words() {
      return "is not wanted any more";
    }

    @Override
    public boolean lasting() {
      return false;
    }
  }
}
