package io.kidreaper.cli;

import io.kidreaper.retire.SweepReport;

/** What kidreaper's exit status says; scripts and cron jobs rely on it. */
final class ExitStatus {
  static final int DONE = 0;
  static final int INCOMPLETE = 1;
  static final int USAGE = 2;
  static final int POOL_UNREADABLE = 3;
  static final int MANAGER_LOST = 4;
  static final int NO_SUCH_POOL = 69;
  static final int INTERNAL_ERROR = 70;
  static final int OUTPUT_FAILED = 74;
  static final int INTERRUPTED = 130;

  private ExitStatus() {}

  static int of(SweepReport.Result result) {
    return switch (result) {
      case DONE -> DONE;
      case INCOMPLETE -> INCOMPLETE;
      case UNREADABLE -> POOL_UNREADABLE;
      case MANAGER_LOST -> MANAGER_LOST;
      case INTERRUPTED -> INTERRUPTED;
    };
  }
}
