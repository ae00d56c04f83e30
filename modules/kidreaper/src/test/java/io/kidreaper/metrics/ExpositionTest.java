package io.kidreaper.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExpositionTest {
  private static Family counter() {
    Family.Builder builder =
        new Family.Builder("x_cpu_seconds", Family.Type.COUNTER, "seconds", "CPU \\ time");
    builder.add(Labels.of("pool", "a\"b\\c\nd").and("b", "2"), 1.5);
    return builder.build();
  }

  private static Family histogram() {
    Family.Builder builder =
        new Family.Builder("x_drain_seconds", Family.Type.HISTOGRAM, "seconds", "Drains");
    builder.histogram(Labels.of("pool", "a"), List.of(0.01, 1.0), List.of(2L, 0L, 3L), 7.25);
    return builder.build();
  }

  private static String written(Exposition exposition, Family family) throws IOException {
    StringBuilder text = new StringBuilder();
    exposition.write(Stream.of(family), text);
    return text.toString();
  }

  @Test
  void prometheusHasTotalInTheHeaderToo() throws IOException {
    assertThat(written(Exposition.PROMETHEUS, counter()))
        .isEqualTo(
            """
            # HELP x_cpu_seconds_total CPU \\\\ time
            # TYPE x_cpu_seconds_total counter
            x_cpu_seconds_total{b="2",pool="a\\"b\\\\c\\nd"} 1.5
            """);
  }

  @Test
  void openMetricsHasUnitsAndAnEnd() throws IOException {
    assertThat(written(Exposition.OPENMETRICS, counter()))
        .isEqualTo(
            """
            # HELP x_cpu_seconds CPU \\\\ time
            # TYPE x_cpu_seconds counter
            # UNIT x_cpu_seconds seconds
            x_cpu_seconds_total{b="2",pool="a\\"b\\\\c\\nd"} 1.5
            # EOF
            """);
  }

  @Test
  void bucketsAddUp() throws IOException {
    assertThat(written(Exposition.PROMETHEUS, histogram()))
        .contains(
            """
            x_drain_seconds_bucket{le="0.01",pool="a"} 2
            x_drain_seconds_bucket{le="1",pool="a"} 2
            x_drain_seconds_bucket{le="+Inf",pool="a"} 5
            x_drain_seconds_sum{pool="a"} 7.25
            x_drain_seconds_count{pool="a"} 5
            """);
  }

  @Test
  void whatWasNotReadHasNoSeriesAndNoHeader() throws IOException {
    Family nothing = new Family("x_rss_bytes", Family.Type.GAUGE, "bytes", "RSS", List.of());
    assertThat(written(Exposition.PROMETHEUS, nothing)).isEmpty();
  }

  @Test
  void namesEndInTheirUnitAndNeverInTotal() throws IOException {
    assertThatThrownBy(() -> new Family("x_rss", Family.Type.GAUGE, "bytes", "", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Family("x_total", Family.Type.COUNTER, "", "", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLabelIsThereOnce() {
    Labels labels = Labels.of("pool", "a").and("slot", "0");
    assertThatThrownBy(() -> labels.and("pool", "b")).isInstanceOf(IllegalArgumentException.class);
    assertThat(Labels.NONE.text()).isEmpty();
  }

  @Test
  void manyFiguresAreWrittenInTheirOrder() throws IOException {
    Family.Builder many = new Family.Builder("x_rss_bytes", Family.Type.GAUGE, "bytes", "RSS");
    StringBuilder wanted = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      many.add(Labels.of("slot", Integer.toString(i)), 1_000L * i);
      wanted.append("x_rss_bytes{slot=\"%d\"} %d\n".formatted(i, 1_000L * i));
    }
    assertThat(written(Exposition.PROMETHEUS, many.build()))
        .isEqualTo("# HELP x_rss_bytes RSS\n# TYPE x_rss_bytes gauge\n" + wanted);
  }

  @Test
  void whoAsksForOpenMetricsGetsIt() throws IOException {
    assertThat(Exposition.wanted("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"))
        .isEqualTo(Exposition.OPENMETRICS);
    assertThat(Exposition.wanted("*/*")).isEqualTo(Exposition.PROMETHEUS);
  }
}
