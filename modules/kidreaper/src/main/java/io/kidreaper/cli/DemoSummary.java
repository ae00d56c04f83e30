package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.show.ShowResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the demo came to, in words. */
final class DemoSummary {
  private static final String ROW = "%-22s %9s %6s %9s %9s %9s";

  private DemoSummary() {}

  static List<String> of(ShowResult result) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "%,d requests in %.1f s, half of them within %.1f ms and 99 %% within %.1f ms:"
                + " %,d answered whole, %d lost.",
            result.answered() + result.lost(),
            result.seconds(),
            result.p50Millis(),
            result.p99Millis(),
            result.answered(),
            result.lost()));
    if (!result.firstLoss().isEmpty()) {
      lines.add("The first that was lost: " + result.firstLoss());
    }
    lines.add(
        result.left() == 0
            ? "No worker reached " + result.limit() + "."
            : "%d reached %s and were replaced: another was ready first, and the old one went between two requests."
                .formatted(result.left(), result.limit()));
    lines.add(size(result));
    if (result.cut()) {
      lines.add("It was ended before its time.");
    }
    return lines;
  }

  private static String size(ShowResult result) {
    ByteSize peak = new ByteSize(result.peakBytes());
    ByteSize overtime = new ByteSize(result.overtimeBytes());
    if (result.peakBytes() <= result.limit().bytes()) {
      return "The largest worker that was seen had " + peak + ", which is within the limit.";
    }
    String allowed =
        "%s were allowed, which is what the fastest one grew by in %.1f s"
            .formatted(overtime, result.overtime().toMillis() / 1e3);
    return "The largest worker that was seen had %s: %s over the limit, until it was measured and"
            .formatted(peak, new ByteSize(result.peakBytes() - result.limit().bytes()))
        + " replaced; "
        + (result.keptLimit() ? "" : "ONLY ")
        + allowed
        + ".";
  }

  static List<String> compare(List<ShowResult> results) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        ROW.formatted("workers at the limit:", "requests", "lost", "replaced", "largest", "p99"));
    for (ShowResult result : results) {
      lines.add(
          ROW.formatted(
              result.way().toString(),
              String.format(Locale.ROOT, "%,d", result.answered() + result.lost()),
              result.lost(),
              result.left(),
              new ByteSize(result.peakBytes()),
              String.format(Locale.ROOT, "%.0f ms", result.p99Millis())));
    }
    lines.add("");
    results.stream()
        .filter(result -> !result.firstLoss().isEmpty())
        .map(result -> result.way() + " lost for example " + result.firstLoss())
        .forEach(lines::add);
    lines.add(
        "The same program each time; it does not care for signals. kidreaper has another worker ready"
            + " first, and ends the old one while it is held between two requests.");
    return lines;
  }
}
