package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.explain.Advice;
import io.kidreaper.explain.Cause;
import io.kidreaper.explain.Confidence;
import io.kidreaper.explain.Explanation;
import io.kidreaper.explain.Following;
import io.kidreaper.explain.Growth;
import io.kidreaper.explain.Part;
import io.kidreaper.explain.Platform;
import io.kidreaper.explain.Point;
import io.kidreaper.explain.PoolCost;
import io.kidreaper.explain.RouteName;
import io.kidreaper.explain.Since;
import io.kidreaper.explain.SuggestedLimit;
import io.kidreaper.explain.Trend;
import io.kidreaper.explain.Visit;
import io.kidreaper.memory.Area;
import io.kidreaper.memory.AreaKind;
import io.kidreaper.memory.Composition;
import io.kidreaper.memory.Rollup;
import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One explanation with everything in it, as text, as JSON and as a page. */
class ExplainFormsTest {
  private static final long MB = 1L << 20;
  private static final String HOSTILE = "<script>alert('x')</script> & \"y\" \u001b[2J";

  private static Explanation everything() {
    ProcessId id = new ProcessId(4712, 99);
    Area area = new Area(50 * MB, 30 * MB, 0, 20 * MB, 0, 30 * MB, 50 * MB, 20 * MB, 0, 0, 0, 0, 0);
    Composition memory = new Composition(Map.of(AreaKind.HEAP, area), 12);
    List<Point> series =
        IntStream.range(0, 40)
            .mapToObj(i -> new Point(i * 1_000_000_000L, OptionalLong.of(i * 2L), 20 * MB + i * MB))
            .toList();
    Rollup before = new Rollup(0, 0, 0, 10 * MB, 0, 0, 10 * MB, 0, 0, 0);
    Rollup after = new Rollup(0, 0, 0, 10 * MB, 0, MB, 11 * MB, 0, 0, 0);
    return new Explanation(
        id,
        HOSTILE,
        "FCGI::ProcManager",
        Platform.PERL,
        memory,
        12_000_000,
        Optional.of(
            new Growth(
                MB,
                List.of(new Part(Cause.ALLOCATION, MB, Confidence.HIGH, "A sentence.")),
                0,
                MB,
                40_000_000_000L,
                List.of("A remark."))),
        Optional.of(
            new Since(
                "shop",
                new Growth(
                    9 * MB,
                    List.of(new Part(Cause.COPY_ON_WRITE, 9 * MB, Confidence.HIGH, "Its own.")),
                    0,
                    MB,
                    4_000_000_000_000L,
                    List.of()))),
        series,
        Optional.of(Trend.of(series)),
        OptionalLong.of(200 * MB),
        Optional.of("requests cannot be counted: somehow"),
        Optional.of(
            new Following(
                List.of(
                    new Visit(new RouteName("GET", "/<b>"), before, after, 5_000_000, 1_000_000)),
                "was followed for as many requests as were asked for",
                100,
                6_000_000,
                1_000_000)),
        Optional.of(new PoolCost(List.of(new PoolCost.One(id, memory)), 1)),
        Optional.of(new SuggestedLimit(100 * MB, List.of("a reason"))),
        List.of(new Advice("Do this.", "tried: much")));
  }

  @Test
  void thePageDescribesEveryKey() throws IOException {
    String page = Files.readString(Path.of("..", "..", "docs", "JSON.md"));
    Set<String> keys = new TreeSet<>();
    collect(JsonMapper.builder().build().readTree(ExplainJson.of(everything())), keys);
    for (String key : keys) {
      assertThat(page).as("docs/JSON.md").contains("`" + key + "`");
    }
    for (Cause cause : Cause.values()) {
      assertThat(page).contains("`" + cause.word() + "`");
    }
  }

  private static void collect(JsonNode node, Set<String> into) {
    node.forEach(child -> collect(child, into));
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      into.add(property.getKey());
    }
  }

  @Test
  void theTextSaysWhatMatters() {
    assertThat(new ExplainText(everything()).lines())
        .anyMatch(line -> line.contains("new allocation") && line.contains("100%"))
        .anyMatch(line ->
            line.contains("Since the kidreaper of pool shop first looked at it, 1 h 6 min ago")
                && line.contains("changed by +9.0M"))
        .anyMatch(line -> line.contains("GET /<b>"))
        .anyMatch(line -> line.contains("It grows evenly, by 512.0K a request"))
        .anyMatch(line -> line.contains("it meets the limit of 200.0M"))
        .anyMatch(line -> line.contains("took 12.0 ms"))
        .noneMatch(line -> line.contains("\u001b"));
  }

  @Test
  void thePageIsCompleteInItselfAndItsTagsMatch() {
    String page = ExplainHtml.of(everything());
    assertThat(page)
        .startsWith("<!DOCTYPE html>")
        .contains("&lt;script&gt;")
        .contains("GET /&lt;b&gt;")
        .contains("<polyline", "since it was first looked at")
        .contains("default-src 'none'")
        .doesNotContain("<script", "http://", "https://", "\u001b", "src=", "href=");
    assertThat(unmatched(page)).isEmpty();
  }

  /** The first tag that is not closed, or closed out of order; empty where all match. */
  private static String unmatched(String page) {
    Deque<String> open = new ArrayDeque<>();
    Matcher tags = Pattern.compile("<(/?)([a-z0-9]+)[^>]*?(/?)>").matcher(page);
    while (tags.find()) {
      String name = tags.group(2);
      if (name.equals("meta") || !tags.group(3).isEmpty()) {
        continue;
      }
      if (tags.group(1).isEmpty()) {
        open.push(name);
      } else if (open.isEmpty() || !open.pop().equals(name)) {
        return "</" + name;
      }
    }
    return open.isEmpty() ? "" : "<" + open.peek();
  }
}
