package io.kidreaper.linux;

import io.kidreaper.memory.Rollup;

/** {@code /proc/PID/smaps_rollup} ({@code proc_pid_smaps(5)}, Linux 4.14). */
final class SmapsRollupFile {
  private SmapsRollupFile() {}

  static Rollup parse(byte[] text) {
    KeyValues lines = new KeyValues(text);
    return new Rollup(
        lines.requiredKilobytes("Rss"),
        lines.requiredKilobytes("Pss"),
        lines.requiredKilobytes("Shared_Clean"),
        lines.requiredKilobytes("Shared_Dirty"),
        lines.requiredKilobytes("Private_Clean"),
        lines.requiredKilobytes("Private_Dirty"),
        lines.requiredKilobytes("Anonymous"),
        lines.requiredKilobytes("LazyFree"),
        lines.requiredKilobytes("Swap"),
        lines.requiredKilobytes("SwapPss"));
  }
}
