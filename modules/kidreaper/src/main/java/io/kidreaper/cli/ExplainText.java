package io.kidreaper.cli;

import io.kidreaper.explain.Advice;
import io.kidreaper.explain.Explanation;
import io.kidreaper.explain.Following;
import io.kidreaper.explain.Growth;
import io.kidreaper.explain.Part;
import io.kidreaper.explain.PoolCost;
import io.kidreaper.explain.RouteGrowth;
import io.kidreaper.explain.Since;
import io.kidreaper.explain.Trend;
import io.kidreaper.memory.Area;
import io.kidreaper.memory.AreaKind;
import io.kidreaper.memory.ByteSize;
import java.util.ArrayList;
import java.util.List;

/** An explanation as a person reads it in a terminal. */
final class ExplainText {
  private static final int BAR = 30;

  private final Explanation explanation;
  private final List<String> lines = new ArrayList<>();

  ExplainText(Explanation explanation) {
    this.explanation = explanation;
  }

  List<String> lines() {
    Area all = explanation.now().total();
    lines.add(
        "worker %d (%s), %s, %s"
            .formatted(
                explanation.worker().pid(),
                PoolTable.printable(shortened(explanation.program())),
                explanation.server(),
                explanation.platform().label()));
    lines.add("");
    lines.add(
        "private %s   shared %s   PSS %s   swap %s   reclaimable %s"
            .formatted(
                new ByteSize(all.privateBytes()),
                new ByteSize(all.sharedBytes()),
                new ByteSize(all.pssBytes()),
                new ByteSize(all.swapBytes()),
                new ByteSize(all.lazyFreeBytes())));
    lines.add("");
    areas();
    explanation.since().ifPresent(this::since);
    explanation.growth().ifPresent(this::growth);
    explanation.trend().ifPresent(this::trend);
    explanation.following().ifPresent(this::followed);
    explanation.pool().ifPresent(this::pool);
    suggestion();
    advice();
    lines.add("");
    lines.add(
        "The full reading took %s; the worker's own calls that map memory may have waited so long."
            .formatted(ExplainWords.millis(explanation.readingNanos())));
    return lines;
  }

  private static String shortened(String program) {
    return program.length() <= 60 ? program : program.substring(0, 57) + "...";
  }

  private void areas() {
    long largest =
        explanation.now().areas().values().stream()
            .mapToLong(area -> area.privateBytes() + area.sharedBytes())
            .max()
            .orElse(0);
    Columns columns = new Columns("WHERE<", "PRIVATE>", "SHARED>", "PSS>", "HUGE>", "<");
    for (AreaKind kind : AreaKind.values()) {
      Area area = explanation.now().of(kind);
      columns.row(
          kind.label(),
          size(area.privateBytes()),
          size(area.sharedBytes()),
          size(area.pssBytes()),
          size(area.hugeBytes()),
          bar(area.privateBytes(), largest, '#') + bar(area.sharedBytes(), largest, '.'));
    }
    lines.addAll(columns.lines());
    lines.add("  (# private, . shared)");
    long hugetlb = explanation.now().total().hugetlbBytes();
    if (hugetlb > 0) {
      lines.add("  beside these, hugetlbfs: " + new ByteSize(hugetlb));
    }
  }

  private static String bar(long bytes, long largest, char mark) {
    return largest == 0
        ? ""
        : String.valueOf(mark).repeat((int) Math.round((double) BAR * bytes / largest));
  }

  private void since(Since since) {
    lines.add("");
    lines.add(ExplainWords.since(since));
    causes(since.growth());
  }

  private void growth(Growth growth) {
    lines.add("");
    lines.add(ExplainWords.grew(growth));
    causes(growth);
  }

  private void causes(Growth growth) {
    if (!growth.parts().isEmpty()) {
      Columns columns = new Columns("CAUSE<", "BYTES>", "SHARE>", "SURE<", "<");
      for (Part part : growth.parts()) {
        columns.row(
            part.cause().label(),
            ExplainWords.change(part.bytes()),
            part.bytes() > 0 ? growth.sharePercent(part) + "%" : "-",
            part.confidence().word(),
            part.why());
      }
      lines.addAll(columns.lines());
    }
    if (growth.reclaimableBytes() != 0) {
      lines.add("  reclaimable: " + ExplainWords.change(growth.reclaimableBytes()));
    }
    growth.remarks().forEach(remark -> lines.add("  " + remark));
  }

  private void trend(Trend trend) {
    lines.add("");
    lines.add(ExplainWords.shape(trend));
    lines.addAll(ExplainWords.rates(trend));
    explanation.counting().ifPresent(lines::add);
    explanation
        .forecast()
        .ifPresent(forecast ->
            lines.add(ExplainWords.forecast(forecast, explanation.limitBytes().orElseThrow())));
  }

  private void followed(Following following) {
    lines.add("");
    lines.addAll(ExplainWords.followed(following));
    Columns columns =
        new Columns(
            "REQUEST<",
            "TIMES>",
            "PRIVATE>",
            "MOST>",
            "TOTAL>",
            "NEW>",
            "MOST>",
            "TOTAL>",
            "UNSHARED>",
            "MOST>",
            "TOTAL>");
    for (RouteGrowth route : following.routes()) {
      columns.row(ExplainWords.cells(route));
    }
    lines.addAll(columns.lines());
    lines.add("  (each: median, most, total)");
  }

  private void pool(PoolCost pool) {
    lines.add("");
    Columns columns = new Columns("PID>", "PRIVATE>", "SHARED>", "PSS>", "RSS>", "<");
    for (PoolCost.One one : pool.workers()) {
      Area total = one.memory().total();
      columns.row(
          Integer.toString(one.id().pid()),
          size(total.privateBytes()),
          size(total.sharedBytes()),
          size(total.pssBytes()),
          size(total.rssBytes()),
          pool.outlier().map(far -> far.equals(one)).orElse(false) ? "outlier" : "");
    }
    lines.addAll(columns.lines());
    lines.addAll(ExplainWords.pool(pool));
  }

  private void suggestion() {
    explanation
        .suggestion()
        .ifPresent(limit -> {
          lines.add("");
          lines.add(
              "A limit of %s would fit: %s."
                  .formatted(new ByteSize(limit.bytes()), String.join("; ", limit.reasons())));
        });
  }

  private void advice() {
    if (explanation.advice().isEmpty()) {
      return;
    }
    lines.add("");
    lines.add("What to do:");
    for (Advice advice : explanation.advice()) {
      lines.add("  - " + advice.text());
      advice.tried().ifPresent(tried -> lines.add("    (" + tried + ")"));
    }
  }

  private static String size(long bytes) {
    return new ByteSize(bytes).toString();
  }
}
