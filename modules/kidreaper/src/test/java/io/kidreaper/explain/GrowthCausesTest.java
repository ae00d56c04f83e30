package io.kidreaper.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.explain.GrowthCauses.Sharers;
import io.kidreaper.memory.Area;
import io.kidreaper.memory.AreaKind;
import io.kidreaper.memory.Composition;
import io.kidreaper.memory.Footing;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The identities of a page's ways, on made-up readings. */
class GrowthCausesTest {
  private static final long MB = 1L << 20;
  private static final long PAGES_A_MB = 256;

  @Test
  void writingToInheritedPagesIsCopyOnWrite() {
    Growth growth = growth(area(10, 100, 0), 0, area(40, 70, 0), 30 * PAGES_A_MB);
    assertThat(growth.of(Cause.COPY_ON_WRITE)).isEqualTo(30 * MB);
    assertThat(growth.parts()).hasSize(1);
  }

  @Test
  void pagesThatCameWithoutAFaultWereLeftByTheLastSharer() {
    Growth growth = growth(area(10, 100, 0), 0, area(110, 0, 0), 5);
    assertThat(growth.mainPart().map(Part::cause)).isEqualTo(Optional.of(Cause.SHARER_LEFT));
    assertThat(growth.privateBytes()).isEqualTo(100 * MB);
  }

  @Test
  void sharedPagesThatWentToSwapAreSwap() {
    Area before = area(10, 100, 0);
    Area after =
        new Area(80 * MB, 50 * MB, 0, 70 * MB, 0, 10 * MB, 80 * MB, 70 * MB, 0, 30 * MB, 0, 0, 0);
    Growth growth = growth(before, 0, after, 0);
    assertThat(growth.of(Cause.SWAP)).isEqualTo(30 * MB);
    assertThat(growth.of(Cause.ALLOCATION)).isZero();
    assertThat(growth.privateBytes()).isEqualTo(30 * MB);
  }

  @Test
  void nothingMovedIsNoGrowth() {
    Growth growth = growth(area(10, 100, 0), 7, area(10, 100, 0), 7);
    assertThat(growth.parts()).isEmpty();
    assertThat(growth.mainPart()).isEmpty();
  }

  @Test
  void aWorkerThatGaveMemoryBackDidNotGrow() {
    Growth growth = growth(area(60, 10, 0), 0, area(20, 10, 0), 0);
    assertThat(growth.mainPart()).isEmpty();
    assertThat(growth.of(Cause.ALLOCATION)).isEqualTo(-40 * MB);
  }

  /** Whatever the readings are, the causes add up to the change. */
  @Test
  void causesAddUpToTheChange() {
    long seed = 42;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Growth growth =
          growth(
              area(random.nextInt(200), random.nextInt(200), random.nextInt(50)),
              0,
              area(random.nextInt(200), random.nextInt(200), random.nextInt(50)),
              random.nextInt(200_000));
      assertThat(growth.parts().stream().mapToLong(Part::bytes).sum())
          .as("seed " + seed + ", case " + i)
          .isEqualTo(growth.privateBytes());
    }
  }

  @Test
  void oneReadingGetsNoTrendAndNoCure() {
    assertThat(Adviser.of(Platform.PERL, Optional.empty(), Optional.empty()))
        .singleElement()
        .satisfies(advice -> assertThat(advice.text()).contains("has no trend"));
  }

  @Test
  void aLineMeetsItsLimitAndAPlateauDoesNot() {
    Trend line = trend(new Shape.Line(1000));
    assertThat(Forecast.of(line, 10 * MB, 20 * MB)).isInstanceOf(Forecast.Meets.class);
    assertThat(Forecast.of(line, 20 * MB, 20 * MB)).isInstanceOf(Forecast.Over.class);
    assertThat(Forecast.of(trend(new Shape.Flat(10 * MB)), 10 * MB, 20 * MB))
        .isInstanceOf(Forecast.StaysBelow.class);
    assertThat(Forecast.of(trend(new Shape.Saturating(30 * MB)), 10 * MB, 20 * MB))
        .isInstanceOf(Forecast.WillBeOver.class);
    assertThat(Forecast.of(trend(new Shape.Unknown("few")), 10 * MB, 20 * MB))
        .isInstanceOf(Forecast.Unknown.class);
  }

  @Test
  void aLimitIsSuggestedOnlyWhereATrendIsKnownAndIsAboveWhatAFreshWorkerNeeds() {
    assertThat(SuggestedLimit.of(40 * MB, 60 * MB, trend(new Shape.Unknown("few")))).isEmpty();
    assertThat(
            SuggestedLimit.of(40 * MB, 60 * MB, trend(new Shape.Line(10)))
                .map(SuggestedLimit::bytes))
        .hasValueSatisfying(bytes -> assertThat(bytes).isGreaterThanOrEqualTo(80 * MB));
    assertThat(
            SuggestedLimit.of(40 * MB, 60 * MB, trend(new Shape.Saturating(70.0 * MB)))
                .map(SuggestedLimit::bytes))
        .hasValueSatisfying(bytes -> assertThat(bytes).isGreaterThan(70 * MB));
  }

  private static Trend trend(Shape shape) {
    return new Trend(
        shape, true, java.util.OptionalLong.of(100), 10_000_000_000L, 10 * MB, 10 * MB);
  }

  private static Growth growth(Area before, long faultsBefore, Area after, long faultsAfter) {
    return GrowthCauses.of(
        Footing.of(composition(before), faultsBefore, 0),
        Footing.of(composition(after), faultsAfter, 1),
        Sharers.UNKNOWN);
  }

  private static Composition composition(Area area) {
    return new Composition(Map.of(AreaKind.ANONYMOUS, area), 1);
  }

  private static Area area(long privateMb, long sharedMb, long fileMb) {
    return new Area(
        (privateMb + sharedMb + fileMb) * MB,
        (privateMb + sharedMb / 2 + fileMb) * MB,
        0,
        sharedMb * MB,
        fileMb * MB,
        privateMb * MB,
        (privateMb + sharedMb) * MB,
        sharedMb * MB,
        0,
        0,
        0,
        0,
        0);
  }
}
