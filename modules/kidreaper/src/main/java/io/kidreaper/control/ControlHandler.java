package io.kidreaper.control;

import java.util.List;
import java.util.Optional;

/**
 * Whoever keeps the pools that can be asked about. Called on a thread of each connection's own, so
 * from several at once.
 */
public interface ControlHandler {
  /** Each pool as it is now; quick, since it is read from what is published. */
  List<PoolStatus> status();

  /** What a worker's memory was when it was first looked at; empty if nobody did. */
  Optional<FirstSeen> first(int pid);

  /** What has happened, and will. */
  EventHistory events();

  /**
   * Does what was asked, or refuses; what is not for this kind of pool is refused too. May take a
   * while only for a takeover.
   */
  Answer act(ControlCommand.Action action);

  /**
   * The answer has gone out, or nobody was there any more to take it. Only now may the process end
   * for a stop or a takeover, or its client would not hear of it.
   */
  default void answered(ControlCommand.Action action, Answer answer) {}
}
