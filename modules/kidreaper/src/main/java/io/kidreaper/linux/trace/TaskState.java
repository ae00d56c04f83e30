package io.kidreaper.linux.trace;

/** Where one seized task is. All but {@link Running} and {@link Gone} are stops. */
sealed interface TaskState {
  /** It runs, or will stop at the next chance. */
  record Running() implements TaskState {}

  /** At the entry of a system call, which has not been made. */
  record AtEntry(long number) implements TaskState {}

  /** At the exit of a system call; its number is −1 where the entry was not seen. */
  record AtExit(long number) implements TaskState {}

  /** Interrupted by the tracer. */
  record Interrupted(Architecture.Interrupted what) implements TaskState {}

  /** About to get a signal, which has to be passed on when it is let run. */
  record AtSignal(int signal) implements TaskState {}

  /** Stopped by SIGSTOP or its like. */
  record GroupStopped() implements TaskState {}

  /** Become another program. */
  record Executed() implements TaskState {}

  /** At a stop of no interest. */
  record AtOther() implements TaskState {}

  /** A program that this tracer cannot read. */
  record Foreign() implements TaskState {}

  /** Ended. */
  record Gone() implements TaskState {}
}
