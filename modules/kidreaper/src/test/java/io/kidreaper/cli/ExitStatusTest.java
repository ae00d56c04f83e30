package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.retire.SweepReport.Result;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitStatusTest {
  /** Crontabs and scripts rely on these numbers: they never change. */
  @ParameterizedTest
  @CsvSource({"DONE, 0", "INCOMPLETE, 1", "UNREADABLE, 3", "MANAGER_LOST, 4", "INTERRUPTED, 130"})
  void everyEndHasItsNumber(Result result, int status) {
    assertThat(ExitStatus.of(result)).isEqualTo(status);
  }
}
