package io.kidreaper.linux.process;

import java.util.List;

/** How a process ended, as {@code waitpid(2)} tells its parent and nobody else. */
public sealed interface ExitStatus {
  /**
   * It called exit.
   *
   * @param code 0 to 255
   */
  record Exited(int code) implements ExitStatus {}

  /**
   * A signal ended it.
   *
   * @param signal 1 to 64
   * @param coreDumped whether it left a core file
   */
  record Signaled(int signal, boolean coreDumped) implements ExitStatus {}

  /** Its status went to another process: an adopted worker's parent is not kidreaper. */
  record Unknown() implements ExitStatus {}

  /** Whether it left of its own accord and content. */
  default boolean isClean() {
    return this instanceof Exited(int code) && code == 0;
  }

  /** The predicate of a sentence about the process. */
  default String describe() {
    return switch (this) {
      case Exited(int code) -> "exited with status " + code + hint(code);
      case Signaled(int signal, boolean core) ->
          "was ended by signal " + signalName(signal) + (core ? " and dumped core" : "");
      case Unknown() -> "ended; how is known only to the process that started it";
    };
  }

  /** Reads the status word of {@code waitpid(2)}. */
  static ExitStatus ofRaw(int status) {
    int signal = status & 0x7f;
    return signal == 0
        ? new Exited((status >> 8) & 0xff)
        : new Signaled(signal, (status & 0x80) != 0);
  }

  private static String hint(int code) {
    return switch (code) {
      case 126 -> " (by convention: found, but not a program that may be run)";
      case 127 -> " (by convention: program or shared library not found)";
      default -> "";
    };
  }

  /** Such as {@code 9 (SIGKILL)}; real-time signals have numbers only. */
  static String signalName(int signal) {
    return signal >= 1 && signal <= NAMES.size()
        ? signal + " (SIG" + NAMES.get(signal - 1) + ")"
        : Integer.toString(signal);
  }

  /** {@code signal(7)}, in the order that x86-64 and aarch64 share. */
  List<String> NAMES =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");
}
