package io.kidreaper.linux;

/**
 * {@code /proc/meminfo} ({@code proc_meminfo(5)}).
 *
 * @param swapUsedBytes what of the machine's swap is in use; no process can have more there
 */
public record MeminfoFile(long swapUsedBytes) {

  static MeminfoFile parse(byte[] text) {
    KeyValues lines = new KeyValues(text);
    return new MeminfoFile(
        Math.max(0, lines.requiredKilobytes("SwapTotal") - lines.requiredKilobytes("SwapFree")));
  }
}
