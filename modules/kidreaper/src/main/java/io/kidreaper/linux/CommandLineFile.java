package io.kidreaper.linux;

import java.nio.charset.StandardCharsets;

/**
 * {@code /proc/PID/cmdline} ({@code proc_pid_cmdline(5)}) as a person reads it. The process writes
 * it itself, so nothing in it is trusted: control characters, which could take over a terminal, are
 * replaced.
 */
final class CommandLineFile {
  private static final int LONGEST = 100;

  private CommandLineFile() {}

  /** The command line, or the process's name where it has none. */
  static String read(ProcFs proc, int pid, String name) {
    String words =
        proc.bytes(pid + "/cmdline")
            .fold(
                bytes -> new String(bytes, StandardCharsets.UTF_8).replace('\0', ' '),
                () -> "",
                _ -> "");
    return printable(words.isEmpty() ? name : words);
  }

  /** One line without control characters, shortened. */
  static String printable(String text) {
    StringBuilder line = new StringBuilder();
    text.strip()
        .codePoints()
        .limit(LONGEST + 1L)
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .forEach(line::appendCodePoint);
    return line.codePointCount(0, line.length()) > LONGEST
        ? line.substring(0, line.offsetByCodePoints(0, LONGEST - 3)) + "..."
        : line.toString();
  }
}
