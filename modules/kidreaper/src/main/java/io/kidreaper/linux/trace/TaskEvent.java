package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/** What the kernel tells the tracer of one task; see "Stopped states" in {@code ptrace(2)}. */
sealed interface TaskEvent {
  /** Size of {@code siginfo_t}. */
  int SIGINFO_BYTES = 128;

  /** At the entry or the exit of a system call; which one, only the kernel's info tells. */
  record AtSyscall() implements TaskEvent {}

  /** Stopped by {@code PTRACE_INTERRUPT}. */
  record Interrupted() implements TaskEvent {}

  /** About to get a signal, which the tracer must pass on or it is lost. */
  record SignalArrives(int signal) implements TaskEvent {}

  /** Stopped by SIGSTOP or its like, together with all threads of the process. */
  record GroupStopped() implements TaskEvent {}

  /** It has become another program. */
  record Executed() implements TaskEvent {}

  /** A stop of no interest. */
  record Other() implements TaskEvent {}

  /** It has ended. */
  record Ended() implements TaskEvent {}

  /** From the {@code siginfo_t} that {@code waitid(2)} filled in. */
  static TaskEvent ofWait(MemorySegment siginfo) {
    int code = siginfo.get(JAVA_INT, 8);
    boolean stopped = code == 4 || code == 5; // CLD_TRAPPED, CLD_STOPPED
    return stopped ? ofStop(siginfo.get(JAVA_INT, 24)) : new Ended();
  }

  /** The task that {@code waitid(2)} tells of, 0 for none. */
  static int taskOf(MemorySegment siginfo) {
    return siginfo.get(JAVA_INT, 16);
  }

  /**
   * From the {@code siginfo_t} of the present stop ({@code PTRACE_GETSIGINFO}): for stops that are
   * the tracer's doing its code is what waitid would have told.
   */
  static TaskEvent ofSignalInfo(MemorySegment siginfo) {
    int signal = siginfo.get(JAVA_INT, 0);
    int code = siginfo.get(JAVA_INT, 8);
    boolean tracers = code == SYSCALL_STOP || code > 0xff;
    return ofStop(tracers ? code : signal);
  }

  private static TaskEvent ofStop(int status) {
    int signal = status & 0xff;
    return switch (status >> 8) {
      case 0 -> signal == SYSCALL_STOP ? new AtSyscall() : new SignalArrives(signal);
      case EVENT_EXEC -> new Executed();
      case EVENT_STOP -> signal == SIGTRAP ? new Interrupted() : new GroupStopped();
      default -> new Other();
    };
  }

  int SIGTRAP = 5;

  /** SIGTRAP with the mark of {@code PTRACE_O_TRACESYSGOOD}. */
  int SYSCALL_STOP = SIGTRAP | 0x80;

  /** {@code PTRACE_EVENT_EXEC}. */
  int EVENT_EXEC = 4;

  /** {@code PTRACE_EVENT_STOP}. */
  int EVENT_STOP = 128;
}
