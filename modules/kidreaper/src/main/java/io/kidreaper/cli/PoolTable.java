package io.kidreaper.cli;

import io.kidreaper.control.PoolLimits;
import io.kidreaper.control.PoolStatus;
import io.kidreaper.control.WorkerStatus;
import io.kidreaper.memory.ByteSize;
import io.kidreaper.retire.Time;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/** A pool as a person reads it. A figure that was not read is a dash, never a number. */
final class PoolTable {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final Terminal terminal;
  private final ZoneId zone;

  PoolTable(Terminal terminal, ZoneId zone) {
    this.terminal = terminal;
    this.zone = zone;
  }

  void print(PoolStatus pool) {
    line(
        "%s (process %d): %s since %s, generation %d"
            .formatted(
                printable(pool.name()),
                pool.pid(),
                pool.state().word(),
                TIME.format(pool.since().atZone(zone)),
                pool.generation()));
    line("listening on " + printable(String.join(", ", pool.listening())));
    line(
        "%d workers wanted: %d ready, %d starting, %d draining"
            .formatted(pool.wanted(), pool.ready(), pool.starting(), pool.draining()));
    limits(pool.limits()).ifPresent(limits -> line("limits: " + limits));
    line("retired: " + retirements(pool) + cut(pool.requestsCut()));
    if (!pool.workers().isEmpty()) {
      line("");
      rows(pool.workers()).forEach(this::line);
    }
    if (!pool.lastEvents().isEmpty()) {
      EventLines events = new EventLines(zone);
      line("");
      pool.lastEvents().forEach(event -> line(events.line(event)));
    }
  }

  private static Optional<String> limits(PoolLimits limits) {
    List<String> parts = new ArrayList<>();
    add(parts, limits.limitBytes(), PoolTable::size, "a worker");
    add(parts, limits.budgetBytes(), PoolTable::size, "the pool");
    add(parts, limits.hardLimitBytes(), PoolTable::size, "killed at");
    add(parts, limits.maxRequests(), Long::toString, "requests");
    add(parts, limits.maxAgeMillis(), Time::words, "of age");
    add(parts, limits.idleRetireMillis(), Time::words, "of idleness");
    return parts.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", parts));
  }

  private static void add(
      List<String> parts, OptionalLong value, LongFunction<String> words, String of) {
    if (value.isPresent()) {
      String text = words.apply(value.getAsLong());
      parts.add(of.endsWith(" at") ? of + " " + text : text + " " + of);
    }
  }

  private static String retirements(PoolStatus pool) {
    return pool.retirements().isEmpty()
        ? "nobody"
        : pool.retirements().entrySet().stream()
            .map(entry -> entry.getValue() + " for " + printable(entry.getKey()))
            .collect(Collectors.joining(", "));
  }

  private static String cut(OptionalLong requests) {
    return requests.isPresent() ? "; requests cut by kidreaper: " + requests.getAsLong() : "";
  }

  private static List<String> rows(List<WorkerStatus> workers) {
    Columns columns =
        new Columns(
            "PID>", "GEN>", "STATE<", "AGE>", "PRIVATE>", "PSS>", "RSS>", "REQUESTS>", "LEAVING<");
    for (WorkerStatus worker : workers) {
      columns.row(
          Integer.toString(worker.pid()),
          Integer.toString(worker.generation()),
          worker.state().word(),
          shown(worker.ageMillis(), Time::words),
          shown(worker.privateBytes(), PoolTable::size),
          shown(worker.pssBytes(), PoolTable::size),
          shown(worker.rssBytes(), PoolTable::size),
          shown(worker.requests(), Long::toString),
          printable(worker.leaving().orElse("")));
    }
    return columns.lines();
  }

  private static String size(long bytes) {
    return new ByteSize(bytes).toString();
  }

  private static String shown(OptionalLong value, LongFunction<String> words) {
    return value.isPresent() ? words.apply(value.getAsLong()) : "-";
  }

  private void line(String text) {
    terminal.out().println(text);
  }

  /** Workers' own words may be in it, and those of a terminal's control language in these. */
  static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}|[\\x80-\\x9f]", "?");
  }
}
