package io.kidreaper.linux;

import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs {@code ps} and reads its table. The columns are those that Linux, the BSDs and macOS have in
 * common; sizes come in units of 1024 bytes.
 */
public final class PsCommand {
  private static final List<String> COMMAND =
      List.of("ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "rss=", "-o", "vsz=", "-o", "lstart=");
  private static final Pattern ROW =
      Pattern.compile("\\s*(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\S.*?)\\s*");
  private static final DateTimeFormatter STARTED =
      DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ROOT);

  private final Optional<ProcFs> proc;
  private long lastPid;

  /** One process. */
  record Row(int pid, int parentPid, long rssBytes, long vszBytes, long startedEpochSeconds) {}

  /**
   * @param proc where exact start times are read; empty where there is no /proc, and then a start
   *     time is the second that {@code ps} prints, in ticks since 1970
   */
  public PsCommand(Optional<ProcFs> proc) {
    this.proc = proc;
  }

  /** All processes of the system. */
  List<Row> run() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(COMMAND);
    // The table's dates are then in one known form and in the time zone they are parsed in.
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("TZ", "UTC");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IOException("ps cannot be run: " + e.getMessage(), e);
    }
    lastPid = process.pid();
    process.getOutputStream().close();
    byte[] table = process.getInputStream().readAllBytes();
    byte[] complaint = process.getErrorStream().readAllBytes();
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException("ps failed with status " + status + ": " + ProcFs.text(complaint));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for ps", e);
    }
    return parse(new String(table, StandardCharsets.UTF_8));
  }

  /** The pid of the {@code ps} that ran last: a child of kidreaper, and nobody's worker. */
  long lastPid() {
    return lastPid;
  }

  /** Which process a row is of; empty if it ended since. */
  Optional<ProcessId> id(Row row) {
    return proc.isEmpty()
        ? Optional.of(new ProcessId(row.pid(), row.startedEpochSeconds()))
        : proc.get().stat(row.pid()) instanceof ProcRead.Found<StatFile>(StatFile stat)
            ? Optional.of(new ProcessId(row.pid(), stat.startTicks()))
            : Optional.empty();
  }

  /** Which process has this pid now. */
  public Optional<ProcessId> find(int pid) throws IOException {
    return run().stream().filter(row -> row.pid() == pid).findFirst().flatMap(this::id);
  }

  static List<Row> parse(String table) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : table.split("\n", -1)) {
      if (!line.isBlank()) {
        rows.add(parseRow(line));
      }
    }
    return rows;
  }

  private static Row parseRow(String line) throws IOException {
    Matcher row = ROW.matcher(line);
    if (!row.matches()) {
      throw new IOException("ps printed a line that is not understood: " + line.strip());
    }
    try {
      return new Row(
          Integer.parseInt(row.group(1)),
          Integer.parseInt(row.group(2)),
          Math.multiplyExact(Long.parseLong(row.group(3)), 1024),
          Math.multiplyExact(Long.parseLong(row.group(4)), 1024),
          LocalDateTime.parse(row.group(5).replaceAll("\\s+", " "), STARTED)
              .toEpochSecond(ZoneOffset.UTC));
    } catch (ArithmeticException | NumberFormatException | DateTimeParseException e) {
      throw new IOException("ps printed a line that is not understood: " + line.strip(), e);
    }
  }
}
