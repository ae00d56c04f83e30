package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.linux.PsCommand.Row;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PsCommandTest {
  /** procps 4 under LC_ALL=C and TZ=UTC. */
  private static final String LINUX =
      """
          1     0 18556  49216 Sun Nov 22 07:35:23 2026
          2     0     0      0 Sun Nov 22 07:35:23 2026
      31234     1 4194304 9000000 Tue Feb  3 00:00:00 2026
      """;

  private static final List<Row> ROWS =
      List.of(
          new Row(1, 0, 18556 * 1024, 49216 * 1024, epoch("2026-11-22T07:35:23Z")),
          new Row(2, 0, 0, 0, epoch("2026-11-22T07:35:23Z")),
          new Row(31234, 1, 4194304L * 1024, 9000000L * 1024, epoch("2026-02-03T00:00:00Z")));

  @Test
  void readsPidsParentsSizesInBytesAndStartTimes() throws IOException {
    assertThat(PsCommand.parse(LINUX)).isEqualTo(ROWS);
  }

  @Test
  void columnsPaddedOnTheRightDoAsWell() throws IOException {
    assertThat(PsCommand.parse("1 0 18556 49216 Sun Nov 22 07:35:23 2026   \n"))
        .isEqualTo(ROWS.subList(0, 1));
  }

  @Test
  void cutAnywhereItIsRefusedOrNamesRealProcessesOnly() {
    int accepted = 0;
    for (int length = 0; length < LINUX.length(); length++) {
      List<Row> rows;
      try {
        rows = PsCommand.parse(LINUX.substring(0, length));
      } catch (IOException refused) {
        continue;
      }
      accepted++;
      assertThat(ROWS).as("cut after %d letters", length).containsAll(rows);
    }
    assertThat(accepted).isBetween(3, 30);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x 1 2 3 Sun Nov 22 07:35:23 2026",
        "-1 1 2 3 Sun Nov 22 07:35:23 2026",
        "4294967296 1 2 3 Sun Nov 22 07:35:23 2026",
        "1 1 9223372036854775807 3 Sun Nov 22 07:35:23 2026",
        "1 1 2 18446744073709551615 Sun Nov 22 07:35:23 2026",
        "1 1 2 - Sun Nov 22 07:35:23 2026",
        "1 1 2 3 So Nov 22 07:35:23 2026",
        "1 1 2 3 Sun Nov 22 25:35:23 2026",
        "1 1 2 3 yesterday",
        "error: unknown option"
      })
  void aLineThatIsNotUnderstoodIsShown(String line) {
    assertThatThrownBy(() -> PsCommand.parse(LINUX + line + "\n"))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith(line);
  }

  @Test
  void anEmptyTableHasNoProcesses() throws IOException {
    assertThat(PsCommand.parse("\n \n")).isEmpty();
  }

  private static long epoch(String instant) {
    return Instant.parse(instant).getEpochSecond();
  }
}
