package io.kidreaper.linux.trace;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code /proc/PID/status} as text, one field at a time; see {@code proc_pid_status(5)}.
 *
 * @param text the whole file
 */
record TaskStatus(String text) {
  /** The pid of the process that traces this one, 0 for none; empty where the line is missing. */
  OptionalLong tracerPid() {
    return number("TracerPid", 10);
  }

  /** The effective user, the second number of the Uid line. */
  OptionalLong effectiveUid() {
    return field("Uid")
        .map(value -> value.split("\\s+"))
        .filter(ids -> ids.length >= 2)
        .map(ids -> parse(ids[1], 10))
        .orElse(OptionalLong.empty());
  }

  /** Whether a signal waits to be taken by any thread of the process. */
  boolean pendingForProcess(int signal) {
    return has("ShdPnd", signal);
  }

  /** Whether this task blocks a signal. */
  boolean blocks(int signal) {
    return has("SigBlk", signal);
  }

  /** Whether the effective capabilities hold one, by its number. */
  boolean hasCapability(int number) {
    OptionalLong set = number("CapEff", 16);
    return set.isPresent() && (set.getAsLong() >>> number & 1) == 1;
  }

  private boolean has(String set, int signal) {
    OptionalLong bits = number(set, 16);
    return bits.isPresent() && (bits.getAsLong() >>> (signal - 1) & 1) == 1;
  }

  private OptionalLong number(String name, int radix) {
    return field(name).map(value -> parse(value, radix)).orElse(OptionalLong.empty());
  }

  private static OptionalLong parse(String value, int radix) {
    try {
      return OptionalLong.of(Long.parseUnsignedLong(value, radix));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** The first line's Name has its newlines escaped by the kernel, so a line is a field. */
  private Optional<String> field(String name) {
    return text.lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst();
  }
}
