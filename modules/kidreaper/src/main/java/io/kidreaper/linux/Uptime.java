package io.kidreaper.linux;

import java.nio.charset.StandardCharsets;

/**
 * {@code /proc/uptime} ({@code proc_uptime(5)}): seconds since boot, on the clock that start times
 * are told by.
 */
final class Uptime {
  private Uptime() {}

  /** In milliseconds, of which the kernel tells tens. */
  static long parse(byte[] text) {
    int dot = new String(text, StandardCharsets.ISO_8859_1).indexOf('.');
    if (dot < 1 || text.length < dot + 4 || text[dot + 3] != ' ') {
      throw new MalformedProcFileException("no seconds with two decimals: " + ProcFs.text(text));
    }
    byte[] digits = text.clone();
    digits[dot] = ' ';
    Fields fields = new Fields(digits, 0);
    return fields.number(1) * 1000 + fields.number(2) * 10;
  }
}
