package io.kidreaper.control;

import io.kidreaper.memory.ByteSize;
import java.util.Optional;

/** What a running kidreaper can be asked. */
public sealed interface ControlCommand {
  /** How the pool is: one {@link PoolStatus} for each. */
  record Status() implements ControlCommand {}

  /**
   * What happened.
   *
   * @param last so many of the latest at most, 0 or more
   * @param follow whether those to come are told too, until the pool ends
   */
  record Events(int last, boolean follow) implements ControlCommand {
    public Events {
      if (last < 0) {
        throw new IllegalArgumentException("fewer than no events: " + last);
      }
    }
  }

  /**
   * What a worker's memory was when it was first looked at: one {@link FirstSeen}, or none.
   *
   * @param pid of a worker, at least 1
   */
  record First(int pid) implements ControlCommand {
    public First {
      if (pid < 1) {
        throw new IllegalArgumentException("not a process id: " + pid);
      }
    }
  }

  /** What changes the pool; answered by {@link Answer}. */
  sealed interface Action extends ControlCommand {}

  /** All workers are replaced by ones of a new generation. */
  record Restart() implements Action {}

  /**
   * One worker is replaced.
   *
   * @param pid of a worker of the pool, at least 1
   */
  record Retire(int pid) implements Action {
    public Retire {
      if (pid < 1) {
        throw new IllegalArgumentException("not a process id: " + pid);
      }
    }
  }

  /**
   * From now on so many workers are wanted.
   *
   * @param workers 0 or more
   */
  record Scale(int workers) implements Action {
    public Scale {
      if (workers < 0) {
        throw new IllegalArgumentException("fewer than no workers: " + workers);
      }
    }
  }

  /**
   * What one worker may cost from now on.
   *
   * @param size at least 1 byte
   * @param pool of several; empty for all
   */
  record SetLimit(ByteSize size, Optional<String> pool) implements Action {
    /** In the only pool, or in all. */
    public SetLimit(ByteSize size) {
      this(size, Optional.empty());
    }

    public SetLimit {
      if (size.bytes() < 1) {
        throw new IllegalArgumentException("a limit of 0 bytes: every worker is over it");
      }
    }
  }

  /**
   * Another's pool is measured and not acted on.
   *
   * @param pool of several; empty for all
   */
  record Pause(Optional<String> pool) implements Action {}

  /**
   * Another's pool is acted on again, paused or frozen as it was.
   *
   * @param pool of several; empty for all
   */
  record Resume(Optional<String> pool) implements Action {}

  /** The configuration is read again. */
  record Reload() implements Action {}

  /**
   * The pool ends.
   *
   * @param now whatever its workers do; otherwise they finish their requests
   */
  record Stop(boolean now) implements Action {}

  /**
   * The pool goes over to another kidreaper: this one ends its retirement under way, begins no
   * other, lets go of what it holds, writes its state and answers. Then it ends without touching
   * its workers.
   *
   * @param successor process id of the other, at least 1
   */
  record Takeover(int successor) implements Action {
    public Takeover {
      if (successor < 1) {
        throw new IllegalArgumentException("not a process id: " + successor);
      }
    }
  }
}
