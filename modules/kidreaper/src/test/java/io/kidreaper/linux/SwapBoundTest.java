package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SwapBoundTest {
  private static final long MB = 1 << 20;
  private static final Limit LIMIT = new Limit(Measure.PRIVATE, 100 * MB);

  @TempDir private Path root;

  private boolean needsDetail(long rssBytes) {
    return new SwapBound(new FakeProc(root).fs(), LIMIT::needsDetail).needsDetail(7, rssBytes);
  }

  private FakeProc machineWithSwapInUse(long megabytes) {
    return new FakeProc(root)
        .file(
            "meminfo",
            "SwapTotal: 1048576 kB\nSwapFree: %d kB\n".formatted(1048576 - megabytes * 1024));
  }

  private static byte[] swapped(long megabytes) {
    return KernelText.fileWith("worker.status", "VmSwap", megabytes * 1024 + " kB");
  }

  @Test
  void aWorkerThatWasSwappedOutIsStillReadInDetail() {
    machineWithSwapInUse(200).file("7/status", swapped(90));

    assertThat(needsDetail(10 * MB)).isTrue();
    assertThat(needsDetail(10 * MB - 1)).isFalse();
  }

  @Test
  void theWorkersOwnFigureIsNotAskedForWhereTheWholeMachinesIsTooSmall() {
    machineWithSwapInUse(50).file("7/status", "this would be refused");

    assertThat(needsDetail(49 * MB)).isFalse();
    assertThat(needsDetail(50 * MB)).as("now it is asked for, and unreadable").isTrue();
  }

  @Test
  void unknownSwapMeansALookAtTheWorkersOwn() {
    new FakeProc(root).file("7/status", swapped(1));
    assertThat(needsDetail(10 * MB)).isFalse();

    new FakeProc(root).file("7/status", swapped(90));
    assertThat(needsDetail(10 * MB)).isTrue();
  }

  @Test
  void whenInDoubtItIsReadInDetail() {
    assertThat(needsDetail(1)).as("neither file is there").isTrue();

    machineWithSwapInUse(200).file("7/status", KernelText.file("zombie.status"));
    assertThat(needsDetail(1)).as("no line VmSwap").isTrue();
  }

  @Test
  void aResidentSizeAtTheLimitAsksForNothingElse() {
    assertThat(needsDetail(100 * MB)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"RSS", "VSZ"})
  void whatTheCheapReadingHasNeedsNoDetail(Measure measure) {
    SwapBound bound =
        new SwapBound(new FakeProc(root).fs(), new Limit(measure, 100 * MB)::needsDetail);

    assertThat(bound.needsDetail(7, 500 * MB)).isFalse();
  }
}
