package io.kidreaper.cli;

import io.kidreaper.control.AttachedStatus;
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
    if (pool.attached().isPresent()) {
      attached(pool, pool.attached().get());
    } else {
      managed(pool);
    }
    limits(pool.limits()).ifPresent(limits -> line("limits: " + limits));
    line("retired: " + retirements(pool) + cut(pool.requestsCut()));
    if (!pool.workers().isEmpty()) {
      line("");
      rows(pool).forEach(this::line);
    }
    if (!pool.lastEvents().isEmpty()) {
      EventLines events = new EventLines(zone);
      line("");
      pool.lastEvents().forEach(event -> line(events.line(event)));
    }
  }

  private void attached(PoolStatus pool, AttachedStatus attached) {
    line(
        "%s (watched by process %d): %s since %s%s"
            .formatted(
                printable(pool.name()),
                pool.pid(),
                pool.state().word(),
                TIME.format(pool.since().atZone(zone)),
                attached.dryRun() ? " (dry run)" : ""));
    attached.why().ifPresent(why -> line("because: " + printable(why)));
    line(
        "manager: "
            + (attached.manager().isPresent()
                ? "process " + attached.manager().getAsInt() + ", "
                : "")
            + attached.command().map(command -> printable(command) + ", by ").orElse("")
            + printable(attached.where()));
    line("%d workers, %d draining".formatted(pool.workers().size(), pool.draining()));
  }

  private void managed(PoolStatus pool) {
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

  private static List<String> rows(PoolStatus pool) {
    boolean attached = pool.attached().isPresent();
    Columns columns =
        new Columns(
            "PID>",
            attached ? "SLOT>" : "GEN>",
            "STATE<",
            "AGE>",
            "PRIVATE>",
            "PSS>",
            "RSS>",
            "REQUESTS>",
            "LEAVING<");
    for (WorkerStatus worker : pool.workers()) {
      columns.row(
          Integer.toString(worker.pid()),
          attached ? Long.toString(worker.serial()) : Integer.toString(worker.generation()),
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
