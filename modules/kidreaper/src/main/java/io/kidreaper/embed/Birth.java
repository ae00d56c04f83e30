package io.kidreaper.embed;

import java.util.Map;

/**
 * Who started this process: a mark in the environment of a manager's workers tells it. The
 * environment is inherited by whatever a worker starts, so the mark names the manager, and holds
 * for its own children only.
 */
sealed interface Birth {
  /** The variable; its value is the manager's process id. */
  String MARK = "KIDREAPER_PROC_MANAGER";

  /** By anybody: it is the one to become the manager. */
  record Outside() implements Birth {}

  /** By the manager, as a worker. */
  record Worker() implements Birth {}

  /**
   * By a worker, or by a manager that has ended since. To become a manager beside the real one
   * would be wrong, and so would be to serve without one.
   *
   * @param reason a sentence that says what to do
   */
  record Astray(String reason) implements Birth {}

  /**
   * Reads the mark.
   *
   * @param parentPid of this process
   */
  static Birth of(Map<String, String> environment, long parentPid) {
    String manager = environment.get(MARK);
    if (manager == null) {
      return new Outside();
    }
    return manager.equals(Long.toString(parentPid))
        ? new Worker()
        : new Astray(
            "%s says that process %s manages this one, but it was started by process %d: either that manager has ended, or a worker has started this program, which then needs %s removed from its environment"
                .formatted(MARK, manager, parentPid, MARK));
  }
}
