package io.kidreaper.linux.trace;

/** Constants of {@code waitid(2)}. */
final class WaitFor {
  /** {@code P_ALL}: with {@link #THIS_THREADS_ONLY}, every tracee of the calling thread. */
  static final int ALL = 0;

  /** {@code P_PID}: one task. */
  static final int TASK = 1;

  static final int WNOHANG = 1;
  static final int WSTOPPED = 2;
  static final int WEXITED = 4;
  static final int WNOWAIT = 0x01000000;

  /** {@code __WNOTHREAD}: not the children and tracees of the other threads of this process. */
  static final int THIS_THREADS_ONLY = 0x20000000;

  /** {@code __WALL}: threads as well as processes. */
  static final int WALL = 0x40000000;

  private WaitFor() {}
}
