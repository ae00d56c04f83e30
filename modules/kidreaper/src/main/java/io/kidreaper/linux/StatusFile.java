package io.kidreaper.linux;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The parts of {@code /proc/PID/status} ({@code proc_pid_status(5)}) that kidreaper needs.
 *
 * @param effectiveUserId who the process acts as
 * @param swappedBytes what of its private memory is in swap; empty for a process without memory (a
 *     zombie, a kernel thread)
 * @param effectiveCapabilities a bit for each capability it has ({@code capabilities(7)})
 */
public record StatusFile(
    int effectiveUserId, OptionalLong swappedBytes, long effectiveCapabilities) {

  static StatusFile parse(byte[] text) {
    KeyValues lines = new KeyValues(text);
    String uids =
        lines
            .value("Uid")
            .orElseThrow(() -> new MalformedProcFileException("there is no line Uid"));
    OptionalInt effective = second(uids);
    if (effective.isEmpty()) {
      throw new MalformedProcFileException("Uid is not four numbers: " + uids);
    }
    return new StatusFile(effective.getAsInt(), lines.kilobytes("VmSwap"), capabilities(lines));
  }

  /** Whether it has a capability, by its number in {@code linux/capability.h}. */
  public boolean hasCapability(int number) {
    return (effectiveCapabilities >>> number & 1) != 0;
  }

  private static long capabilities(KeyValues lines) {
    String bits =
        lines
            .value("CapEff")
            .orElseThrow(() -> new MalformedProcFileException("there is no line CapEff"));
    try {
      return Long.parseUnsignedLong(bits, 16);
    } catch (NumberFormatException e) {
      throw new MalformedProcFileException("CapEff is not a hexadecimal number: " + bits);
    }
  }

  private static OptionalInt second(String numbers) {
    String[] parts = numbers.split("\\s+", -1);
    try {
      return parts.length < 2
          ? OptionalInt.empty()
          : OptionalInt.of(Integer.parseUnsignedInt(parts[1]));
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
