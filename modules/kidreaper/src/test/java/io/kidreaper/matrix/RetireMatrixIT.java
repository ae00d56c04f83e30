package io.kidreaper.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.retire.At;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.server.Servers;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** On every server, idle and saturated: workers go at the boundary, and no request is lost. */
class RetireMatrixIT {
  private static final int RETIREMENTS = 30;
  private static final Duration CALM = Duration.ofMillis(500);
  private static final long SECONDS = 120;

  static Stream<Arguments> cells() {
    return Servers.all().stream()
        .flatMap(server ->
            Arrays.stream(Pressure.values()).map(pressure -> Arguments.of(server, pressure)));
  }

  @ParameterizedTest
  @MethodSource("cells")
  void retiresEachWorkerWithoutLosingARequest(Server server, Pressure pressure) {
    CellReport report =
        new CellRun(Cell.of(server, pressure, At.BOUNDARY, RETIREMENTS, CALM, SECONDS)).run();

    System.out.println(CellReport.HEADER);
    System.out.println(report);
    assertThat(report.load().lost()).as("lost requests: %s", report.load()).isZero();
    assertThat(report.attempts()).as("retirements").hasSize(RETIREMENTS);
    assertThat(report.attempts()).allMatch(Attempt::retired, "left and was replaced");
    assertThat(report.load().requests()).as("requests meanwhile").isPositive();
  }
}
