package io.kidreaper.cli;

import io.kidreaper.explain.Advice;
import io.kidreaper.explain.Explanation;
import io.kidreaper.explain.Following;
import io.kidreaper.explain.Growth;
import io.kidreaper.explain.Part;
import io.kidreaper.explain.Point;
import io.kidreaper.explain.PoolCost;
import io.kidreaper.explain.RouteGrowth;
import io.kidreaper.explain.Since;
import io.kidreaper.explain.Trend;
import io.kidreaper.memory.Area;
import io.kidreaper.memory.AreaKind;
import io.kidreaper.memory.ByteSize;
import java.util.List;
import java.util.Locale;

/**
 * An explanation as one page that is complete in itself: no script, no request to anywhere, its
 * charts are SVG. Whatever comes from a worker or its clients is escaped.
 */
final class ExplainHtml {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>TITLE</title>
      <style>
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em;
             color: #222; background: #fff; }
      h1 { font-size: 1.4em; } h2 { font-size: 1.1em; margin-top: 2em; }
      table { border-collapse: collapse; } td, th { padding: .2em .8em .2em 0; text-align: right; }
      td:first-child, th:first-child, .left { text-align: left; }
      th { border-bottom: 1px solid #999; font-weight: 600; }
      .private { fill: #c2410c; } .shared { fill: #94a3b8; } .line { stroke: #c2410c; fill: none;
      stroke-width: 2; } .axis { stroke: #999; } text { font: 12px system-ui, sans-serif; fill: #444; }
      .tried { color: #666; font-size: .9em; }
      @media (prefers-color-scheme: dark) { body { color: #ddd; background: #1c1c1e; } text { fill: #bbb; }
      .tried { color: #999; } }
      </style>
      </head>
      <body>
      """;

  private static final int WIDTH = 640;
  private static final int HEIGHT = 220;
  private static final int LEFT = 70;
  private static final int ROW = 26;
  private static final int LABEL = 170;

  /** Where a line goes that neither rises nor falls. */
  private static final double FLAT = 100;

  private final StringBuilder page = new StringBuilder();

  private ExplainHtml() {}

  static String of(Explanation explanation) {
    ExplainHtml html = new ExplainHtml();
    html.write(explanation);
    return html.page.toString();
  }

  private void write(Explanation explanation) {
    String title = "Worker " + explanation.worker().pid();
    page.append(HEAD.replace("TITLE", escaped(title)));
    tag("h1", title + ": " + explanation.program());
    tag("p", explanation.server() + ", " + explanation.platform().label());
    Area all = explanation.now().total();
    tag(
        "p",
        "Private %s, shared %s, PSS %s, swap %s, reclaimable %s."
            .formatted(
                size(all.privateBytes()),
                size(all.sharedBytes()),
                size(all.pssBytes()),
                size(all.swapBytes()),
                size(all.lazyFreeBytes())));
    tag("h2", "Where it sits");
    areas(explanation);
    explanation.since().ifPresent(this::since);
    explanation.growth().ifPresent(this::growth);
    explanation.trend().ifPresent(trend -> trend(trend, explanation));
    explanation.following().ifPresent(this::followed);
    explanation.pool().ifPresent(this::pool);
    advice(explanation);
    tag(
        "p",
        "The full reading took %s; the worker's own calls that map memory may have waited so long."
            .formatted(ExplainWords.millis(explanation.readingNanos())));
    page.append("</body>\n</html>\n");
  }

  private void areas(Explanation explanation) {
    long largest =
        Math.max(
            1,
            explanation.now().areas().values().stream()
                .mapToLong(area -> area.privateBytes() + area.sharedBytes())
                .max()
                .orElse(1));
    int height = ROW * AreaKind.values().length;
    page.append(
        "<svg role=\"img\" aria-label=\"memory by kind\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
            .formatted(WIDTH, height, WIDTH, height));
    int y = 0;
    for (AreaKind kind : AreaKind.values()) {
      Area area = explanation.now().of(kind);
      double scale = (double) (WIDTH - LABEL - 130) / largest;
      double own = area.privateBytes() * scale;
      double shared = area.sharedBytes() * scale;
      text(0, y + 17, kind.label());
      bar("private", LABEL, y + 5, own);
      bar("shared", LABEL + own, y + 5, shared);
      text(
          LABEL + own + shared + 6,
          y + 17,
          size(area.privateBytes()) + " + " + size(area.sharedBytes()));
      y += ROW;
    }
    page.append("</svg>\n");
    tag("p", "Orange: private. Grey: shared with other processes.");
  }

  private void bar(String kind, double x, double y, double width) {
    page.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"16\"/>%n",
            kind,
            x,
            y,
            width));
  }

  private void text(double x, double y, String words) {
    page.append(
        String.format(
            Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\">%s</text>%n", x, y, escaped(words)));
  }

  private void since(Since since) {
    tag("h2", "What it grew by since it was first looked at");
    tag("p", ExplainWords.since(since));
    causes(since.growth());
  }

  private void growth(Growth growth) {
    tag("h2", "What it grew by, and why");
    tag("p", ExplainWords.grew(growth));
    causes(growth);
  }

  private void causes(Growth growth) {
    if (!growth.parts().isEmpty()) {
      table("Cause", "Bytes", "Share", "Sure", "Why");
      for (Part part : growth.parts()) {
        row(
            part.cause().label() + ": " + part.cause().meaning(),
            ExplainWords.change(part.bytes()),
            part.bytes() > 0 ? growth.sharePercent(part) + " %" : "-",
            part.confidence().word(),
            part.why());
      }
      page.append("</table>\n");
    }
    growth.remarks().forEach(remark -> tag("p", remark));
  }

  private void trend(Trend trend, Explanation explanation) {
    tag("h2", "How it went");
    tag("p", ExplainWords.shape(trend));
    ExplainWords.rates(trend).forEach(line -> tag("p", line));
    explanation
        .forecast()
        .ifPresent(forecast ->
            tag("p", ExplainWords.forecast(forecast, explanation.limitBytes().orElseThrow())));
    chart(explanation.series(), trend.perRequest());
  }

  private void chart(List<Point> series, boolean perRequest) {
    double firstX = x(series.getFirst(), perRequest);
    double spanX = Math.max(1e-9, x(series.getLast(), perRequest) - firstX);
    long least = series.stream().mapToLong(Point::privateBytes).min().orElseThrow();
    long most = series.stream().mapToLong(Point::privateBytes).max().orElseThrow();
    double spanY = Math.max(1, most - least);
    page.append(
        "<svg role=\"img\" aria-label=\"private memory over time\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
            .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT));
    page.append(
        "<line class=\"axis\" x1=\"%d\" y1=\"180\" x2=\"%d\" y2=\"180\"/>\n"
            .formatted(LEFT, WIDTH - 10));
    boolean flat = most == least;
    text(0, flat ? FLAT : 20, size(most));
    if (!flat) {
      text(0, 180, size(least));
    }
    text(LEFT, 200, perRequest ? "requests" : "seconds");
    text(
        WIDTH - 60,
        200,
        perRequest ? "%.0f".formatted(spanX) : String.format(Locale.ROOT, "%.1f", spanX));
    page.append("<polyline class=\"line\" points=\"");
    for (Point point : series) {
      page.append(
          String.format(
              Locale.ROOT,
              "%.1f,%.1f ",
              LEFT + (x(point, perRequest) - firstX) / spanX * (WIDTH - LEFT - 10),
              flat ? FLAT : 180 - (point.privateBytes() - least) / spanY * 165));
    }
    page.append("\"/>\n</svg>\n");
  }

  private static double x(Point point, boolean perRequest) {
    return perRequest ? point.requests().orElseThrow() : point.atNanos() / 1e9;
  }

  private void followed(Following following) {
    tag("h2", "Which request grew it");
    ExplainWords.followed(following).forEach(line -> tag("p", line));
    table(
        "Request",
        "Times",
        "Private, median",
        "most",
        "total",
        "New, median",
        "most",
        "total",
        "Unshared, median",
        "most",
        "total");
    for (RouteGrowth route : following.routes()) {
      row(ExplainWords.cells(route));
    }
    page.append("</table>\n");
  }

  private void pool(PoolCost pool) {
    tag("h2", "Its pool");
    table("Process", "Private", "Shared", "PSS", "RSS");
    for (PoolCost.One one : pool.workers()) {
      Area total = one.memory().total();
      row(
          Integer.toString(one.id().pid()),
          size(total.privateBytes()),
          size(total.sharedBytes()),
          size(total.pssBytes()),
          size(total.rssBytes()));
    }
    page.append("</table>\n");
    ExplainWords.pool(pool).forEach(line -> tag("p", line));
  }

  private void advice(Explanation explanation) {
    tag("h2", "What to do");
    explanation
        .suggestion()
        .ifPresent(limit ->
            tag(
                "p",
                "A limit of %s would fit: %s."
                    .formatted(new ByteSize(limit.bytes()), String.join("; ", limit.reasons()))));
    page.append("<ol>\n");
    for (Advice advice : explanation.advice()) {
      page.append("<li>").append(escaped(advice.text()));
      advice
          .tried()
          .ifPresent(tried ->
              page.append(" <span class=\"tried\">(").append(escaped(tried)).append(")</span>"));
      page.append("</li>\n");
    }
    page.append("</ol>\n");
  }

  private void table(String... heads) {
    page.append("<table>\n<tr>");
    for (String head : heads) {
      page.append("<th>").append(escaped(head)).append("</th>");
    }
    page.append("</tr>\n");
  }

  private void row(String... cells) {
    page.append("<tr>");
    for (String cell : cells) {
      page.append("<td>").append(escaped(cell)).append("</td>");
    }
    page.append("</tr>\n");
  }

  private void tag(String name, String words) {
    page.append('<')
        .append(name)
        .append('>')
        .append(escaped(words))
        .append("</")
        .append(name)
        .append(">\n");
  }

  private static String size(long bytes) {
    return new ByteSize(bytes).toString();
  }

  static String escaped(String text) {
    return PoolTable.printable(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
