package io.kidreaper.linux.trace;

import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * What differs between processors: where the registers are, the numbers of the system calls, and
 * how an entered call is undone.
 *
 * <p>Undoing a call takes two writes with one step between them, so that nothing is half done at
 * any moment. First, at the entry, the call is kept from running ({@link #skipAtEntry}); then, at
 * the exit of the call that was not made, the registers are set to what they hold when a signal
 * interrupts the call while it waits ({@link #interruptAtExit}). From there the kernel does what it
 * always does: if a handler is to run, the call fails with EINTR; if not, it is begun again, and
 * the program sees nothing.
 */
sealed interface Architecture extends Injectable permits X86Sixty4, Aarch64 {
  /**
   * {@code -ERESTARTNOHAND}: EINTR if a handler runs, begun again if none does. Kernel internal.
   */
  long RESTART_UNLESS_HANDLED = -514;

  /** {@code -EINTR}. */
  long INTERRUPTED = -4;

  /** The architecture of the machine this runs on. */
  static Architecture ofThisMachine() {
    String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return switch (name) {
      case "amd64", "x86_64" -> new X86Sixty4();
      case "aarch64", "arm64" -> new Aarch64();
      default ->
          throw new UnsupportedOperationException(
              "kidreaper can trace on x86-64 and aarch64, not on " + name);
    };
  }

  Syscalls syscalls();

  /** The {@code AUDIT_ARCH_*} that the kernel reports for programs of this architecture. */
  int auditArchitecture();

  /** Size of the general registers ({@code NT_PRSTATUS}). */
  int registerBytes();

  /**
   * What a task was doing when {@code PTRACE_INTERRUPT} stopped it.
   *
   * @param registers as read at that stop
   * @param code reads the task's program
   */
  Interrupted whatWasInterrupted(MemorySegment registers, CodeReader code);

  /**
   * The call that a task was interrupted in, with its arguments.
   *
   * @param number which call, as {@link #whatWasInterrupted} told
   * @param registers as they are after {@link #beginAgain}
   */
  WaitCall call(long number, MemorySegment registers);

  /** Whether {@link #beginAgain} needs a look at the task before it is interrupted. */
  boolean losesFirstArgument();

  /**
   * Changes the registers of a call that failed with EINTR only because it was interrupted by the
   * tracer, so that it is begun again unless a handler runs.
   *
   * @param before the task as {@code /proc/PID/syscall} showed it just before
   * @return whether the registers were changed and must be written
   */
  boolean beginAgain(MemorySegment registers, CallLine before);

  /**
   * Keeps the call at whose entry the task is stopped from running.
   *
   * @param registers as read at that stop; changed
   * @return 0 or the negated errno
   */
  int skipAtEntry(PtraceCalls calls, int tid, MemorySegment registers, long number);

  /**
   * At the exit of the skipped call: makes it look interrupted, as the class says.
   *
   * @param registers as {@link #skipAtEntry} left them; changed
   * @return 0 or the negated errno
   */
  int interruptAtExit(PtraceCalls calls, int tid, MemorySegment registers, long number);

  /** Reads one instruction of a task. */
  interface CodeReader {
    /** The 32 bits at an address, or 0 where nothing can be read. */
    int wordAt(long address);
  }

  /** What a task was doing when it was interrupted. */
  sealed interface Interrupted {
    /** It ran its program. */
    record InProgram() implements Interrupted {}

    /** A call was done and its result is about to be seen: a connection may have been taken. */
    record CallDone(long number) implements Interrupted {}

    /** A call was waiting, and nothing has come of it. */
    record CallBroken(long number) implements Interrupted {}
  }
}
