package io.kidreaper.gateway;

import java.util.ArrayList;
import java.util.List;

/**
 * Why there is no answer of the application, as a page for its developer.
 *
 * @param status of the page: 400, 413, 502, 503 or 504
 * @param why a sentence
 * @param asked what was asked of whom, a line each
 * @param said the beginning of what the application sent, which was no answer
 * @param stderr the end of what it wrote to its standard error
 */
record Reason(int status, String why, List<String> asked, String said, String stderr) {
  private static final int STDERR_LINES = 20;

  static Reason of(int status, String why) {
    return new Reason(status, why, List.of(), "", "");
  }

  /** The status with its phrase. */
  String title() {
    return status
        + " "
        + switch (status) {
          case 400 -> "Bad Request";
          case 413 -> "Content Too Large";
          case 502 -> "Bad Gateway";
          case 503 -> "Service Unavailable";
          case 504 -> "Gateway Timeout";
          default -> "Error";
        };
  }

  /** For terminals, and programs that have not asked for HTML. */
  String text() {
    StringBuilder out = new StringBuilder(title()).append("\n\n").append(why).append('\n');
    sections().forEach(one -> out.append("\n").append(one.title()).append("\n").append(one.body()));
    return out.toString();
  }

  String html() {
    StringBuilder out =
        new StringBuilder(
            """
            <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>%1$s</title>
            <style>body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}
            pre{background:#8881;padding:.7em;overflow:auto}h2{font-size:1em}</style>
            <h1>%1$s</h1>
            <p>%2$s</p>
            """
                .formatted(title(), escape(why)));
    for (Section one : sections()) {
      out.append("<h2>%s</h2><pre>%s</pre>%n".formatted(one.title(), escape(one.body())));
    }
    return out.append("<p><small>kidreaper's development gateway</small></p></html>\n").toString();
  }

  private record Section(String title, String body) {}

  private List<Section> sections() {
    List<Section> sections = new ArrayList<>();
    if (!asked.isEmpty()) {
      sections.add(new Section("Asked", String.join("\n", asked) + "\n"));
    }
    if (!said.isEmpty()) {
      sections.add(new Section("What the application sent began with", said + "\n"));
    }
    if (!stderr.isBlank()) {
      List<String> lines = stderr.strip().lines().toList();
      List<String> last = lines.subList(Math.max(0, lines.size() - STDERR_LINES), lines.size());
      sections.add(
          new Section("What it wrote to its standard error", String.join("\n", last) + "\n"));
    }
    return sections;
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
