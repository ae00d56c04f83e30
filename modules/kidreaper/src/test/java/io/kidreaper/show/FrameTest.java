package io.kidreaper.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.control.WorkerStatus;
import io.kidreaper.memory.ByteSize;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FrameTest {
  private static final Tally.Count COUNT = new Tally.Count(1_234, 0, "", 2, 9);

  private static WorkerStatus worker(int pid, OptionalLong bytes, WorkerStatus.State state) {
    return new WorkerStatus(
        pid,
        1,
        pid,
        1,
        state,
        OptionalLong.of(5_000),
        bytes,
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        Optional.empty());
  }

  private static Frame frame(WorkerStatus... workers) {
    return new Frame(
        "title ".repeat(30),
        List.of(workers),
        2,
        ByteSize.parse("30M"),
        COUNT,
        10,
        30,
        3,
        List.of());
  }

  @Test
  void thePictureHasAlwaysAsManyLinesAndNoneIsTooLong() {
    List<String> empty = frame().lines(false);
    List<String> full =
        frame(
                worker(1, OptionalLong.empty(), WorkerStatus.State.STARTING),
                worker(2, OptionalLong.of(1L << 40), WorkerStatus.State.DRAINING),
                worker(3, OptionalLong.of(0), WorkerStatus.State.READY),
                worker(4, OptionalLong.of(0), WorkerStatus.State.READY))
            .lines(false);

    assertThat(full).hasSameSizeAs(empty);
    assertThat(full).allMatch(line -> line.length() <= Frame.COLUMNS);
  }

  @Test
  void theLimitIsAtThreeQuartersOfTheBar() {
    List<String> lines =
        frame(worker(7, OptionalLong.of(30L << 20), WorkerStatus.State.READY)).lines(false);

    assertThat(lines.get(2)).startsWith("        7 ready     " + "█".repeat(30) + "·".repeat(10));
    assertThat(lines.get(2)).endsWith(" 30.0M  over");
    assertThat(lines.get(5).indexOf('^')).isEqualTo(50);
  }

  @Test
  void whatWasNotReadIsADash() {
    assertThat(frame(worker(7, OptionalLong.empty(), WorkerStatus.State.READY)).lines(false).get(2))
        .endsWith("      -");
  }

  @Test
  void coloursAreOnlyThereWhereAskedFor() {
    Frame frame = frame(worker(7, OptionalLong.of(40L << 20), WorkerStatus.State.READY));

    assertThat(String.join("", frame.lines(false))).doesNotContain("\u001b");
    assertThat(frame.lines(true).get(2)).contains("\u001b[31m").contains("\u001b[0m");
  }
}
