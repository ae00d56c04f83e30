package io.kidreaper.show;

import io.kidreaper.control.HistoryEvent;
import io.kidreaper.control.WorkerStatus;
import io.kidreaper.memory.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a person sees at one moment: a bar for each worker, the requests, the latest events. Pure.
 *
 * @param left workers that went because they had reached the limit
 */
record Frame(
    String title,
    List<WorkerStatus> workers,
    int wanted,
    ByteSize limit,
    Tally.Count requests,
    double seconds,
    double lastSeconds,
    long left,
    List<HistoryEvent> events) {
  /** Every terminal has so many columns; a longer line would wrap and spoil the next frame. */
  static final int COLUMNS = 79;

  private static final int BAR = 40;
  private static final int EVENTS = 4;

  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";
  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[0m";

  /** Always as many lines, so that the next frame covers this one. */
  List<String> lines(boolean colours) {
    List<String> lines = new ArrayList<>();
    lines.add(cut(title));
    lines.add("");
    // One more than wanted: a replacement is there before the old worker goes.
    for (int i = 0; i < wanted + 1; i++) {
      lines.add(i < workers.size() ? bar(workers.get(i), colours) : "");
    }
    lines.add(scale());
    lines.add("");
    lines.add(
        cut(
            String.format(
                Locale.ROOT,
                "%,d requests answered, %s lost, %.0f a second; %d workers replaced; %.0f s left",
                requests.answered(),
                requests.lost(),
                seconds > 0 ? requests.answered() / seconds : 0,
                left,
                Math.max(0, lastSeconds - seconds))));
    lines.add("");
    for (int i = 0; i < EVENTS; i++) {
      lines.add(i < events.size() ? cut("  " + events.get(i).text()) : "");
    }
    return lines;
  }

  private String bar(WorkerStatus worker, boolean colours) {
    OptionalLong bytes = worker.privateBytes();
    // The limit is at three quarters, so that what is beyond it can be seen.
    long full = limit.bytes() / 3 * 4;
    int filled = (int) Math.min(BAR, bytes.orElse(0) * BAR / full);
    String blocks = "█".repeat(filled) + "·".repeat(BAR - filled);
    String size = bytes.isPresent() ? new ByteSize(bytes.getAsLong()).toString() : "-";
    return String.format(
        Locale.ROOT,
        "%9d %-9s %s%s%s %7s%s",
        worker.pid(),
        state(worker),
        colours ? colour(bytes.orElse(0)) : "",
        blocks,
        colours ? PLAIN : "",
        size,
        bytes.orElse(0) >= limit.bytes() ? "  over" : "");
  }

  private static String state(WorkerStatus worker) {
    return switch (worker.state()) {
      case STARTING -> "starting";
      case READY ->
          Optional.of("leaving").filter(_ -> worker.leaving().isPresent()).orElse("ready");
      case DRAINING -> "leaving";
    };
  }

  private String colour(long bytes) {
    if (bytes >= limit.bytes()) {
      return RED;
    }
    return bytes >= limit.bytes() / 5 * 4 ? YELLOW : GREEN;
  }

  private String scale() {
    int at = BAR * 3 / 4;
    return " ".repeat(20 + at) + "^ limit " + limit;
  }

  private static String cut(String line) {
    return line.length() <= COLUMNS ? line : line.substring(0, COLUMNS - 1) + "…";
  }
}
