package io.kidreaper.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A process as {@code /proc/PID/stat} tells of it ({@code proc_pid_stat(5)}).
 *
 * @param name the kernel's name of it, at most 15 bytes, which the program may have changed
 * @param state the letter of its state: {@code R}, {@code S}, {@code D}, {@code T}, {@code t},
 *     {@code Z} …
 * @param startTicks when it started, in clock ticks since boot
 */
public record ProcessInfo(
    int pid, String name, char state, int parentPid, int sessionId, long startTicks) {
  private static final Path PROC = Path.of("/proc");

  /** Looks at one process; empty when there is none of this pid. */
  public static Optional<ProcessInfo> of(int pid) {
    try {
      byte[] stat = Files.readAllBytes(PROC.resolve(pid + "/stat"));
      return Optional.of(parse(new String(stat, StandardCharsets.ISO_8859_1)));
    } catch (IOException e) {
      return Optional.empty(); // it ended before or while it was read
    }
  }

  /** All processes of this machine, ended ones that nobody has waited for among them. */
  public static List<ProcessInfo> all() {
    List<ProcessInfo> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        of(Integer.parseInt(String.valueOf(entry.getFileName()))).ifPresent(found::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** The children of one process that have not ended, in order of their start. */
  public static List<ProcessInfo> childrenOf(int parentPid) {
    return all().stream()
        .filter(process -> process.parentPid == parentPid && process.isAlive())
        .sorted(
            Comparator.comparingLong(ProcessInfo::startTicks).thenComparingInt(ProcessInfo::pid))
        .toList();
  }

  /** The processes of one session that have not ended. */
  public static List<ProcessInfo> inSession(int sessionId) {
    return all().stream()
        .filter(process -> process.sessionId == sessionId && process.isAlive())
        .toList();
  }

  /** Whether it has not ended. A zombie has: only its exit status is left. */
  public boolean isAlive() {
    return state != 'Z' && state != 'X';
  }

  /** Its arguments as it shows them now, separated by spaces; empty when it is gone. */
  public String commandLine() {
    try {
      byte[] line = Files.readAllBytes(PROC.resolve(pid + "/cmdline"));
      return new String(line, StandardCharsets.UTF_8).replace('\0', ' ').strip();
    } catch (IOException e) {
      return "";
    }
  }

  // The name may hold spaces and parentheses, so the fields are counted from the last ')'.
  private static ProcessInfo parse(String stat) {
    int open = stat.indexOf('(');
    int close = stat.lastIndexOf(')');
    String[] fields = stat.substring(close + 2).strip().split(" ", -1);
    return new ProcessInfo(
        Integer.parseInt(stat.substring(0, open).strip()),
        stat.substring(open + 1, close),
        fields[0].charAt(0),
        Integer.parseInt(fields[1]),
        Integer.parseInt(fields[3]),
        Long.parseLong(fields[19]));
  }
}
