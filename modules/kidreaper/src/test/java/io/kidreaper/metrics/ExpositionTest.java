package io.kidreaper.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpositionTest {
  private static Family counter() {
    Family.Builder builder =
        new Family.Builder("x_cpu_seconds", Family.Type.COUNTER, "seconds", "CPU \\ time");
    builder.add(Map.of("pool", "a\"b\\c\nd", "b", "2"), 1.5);
    return builder.build();
  }

  private static Family histogram() {
    Family.Builder builder =
        new Family.Builder("x_drain_seconds", Family.Type.HISTOGRAM, "seconds", "Drains");
    builder.histogram(Map.of("pool", "a"), List.of(0.01, 1.0), List.of(2L, 0L, 3L), 7.25);
    return builder.build();
  }

  @Test
  void prometheusHasTotalInTheHeaderToo() {
    assertThat(Exposition.PROMETHEUS.write(List.of(counter())))
        .isEqualTo(
            """
            # HELP x_cpu_seconds_total CPU \\\\ time
            # TYPE x_cpu_seconds_total counter
            x_cpu_seconds_total{b="2",pool="a\\"b\\\\c\\nd"} 1.5
            """);
  }

  @Test
  void openMetricsHasUnitsAndAnEnd() {
    assertThat(Exposition.OPENMETRICS.write(List.of(counter())))
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
  void bucketsAddUp() {
    assertThat(Exposition.PROMETHEUS.write(List.of(histogram())))
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
  void whatWasNotReadHasNoSeriesAndNoHeader() {
    Family nothing = new Family("x_rss_bytes", Family.Type.GAUGE, "bytes", "RSS", List.of());
    assertThat(Exposition.PROMETHEUS.write(List.of(nothing))).isEmpty();
  }

  @Test
  void namesEndInTheirUnitAndNeverInTotal() {
    assertThatThrownBy(() -> new Family("x_rss", Family.Type.GAUGE, "bytes", "", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Family("x_total", Family.Type.COUNTER, "", "", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whoAsksForOpenMetricsGetsIt() {
    assertThat(Exposition.wanted("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"))
        .isEqualTo(Exposition.OPENMETRICS);
    assertThat(Exposition.wanted("*/*")).isEqualTo(Exposition.PROMETHEUS);
  }
}
