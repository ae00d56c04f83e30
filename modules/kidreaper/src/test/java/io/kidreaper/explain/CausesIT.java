package io.kidreaper.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kidreaper.explain.GrowthCauses.Sharers;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real processes that do one thing, or two, to their memory, and what was said of them. The table
 * in docs/EXPLAIN.md is this one.
 */
class CausesIT {
  private static final long MB = 1L << 20;
  private static final int FILLED = 96;
  private static final long SEED = 20_261_126L;

  @ParameterizedTest
  @CsvSource({
    "C,    cow 32768,   COPY_ON_WRITE",
    "C,    alloc 32768, ALLOCATION",
    "C,    frag 32768,  ALLOCATION",
    "C,    file 32768,  FILE_CACHE",
    "C,    shm 32768,   SHARED_MEMORY",
    "C,    unmap,       SHARER_LEFT",
    "Perl, cow 32768,   COPY_ON_WRITE",
    "Perl, alloc 32768, ALLOCATION",
    "Perl, frag 32768,  ALLOCATION",
    "Perl, file 32768,  FILE_CACHE",
    "Perl, shm 32768,   SHARED_MEMORY",
    "Perl, unmap,       SHARER_LEFT",
    "PHP,  cow 32768,   COPY_ON_WRITE",
    "PHP,  alloc 32768, ALLOCATION",
    "PHP,  frag 32768,  ALLOCATION",
    "PHP,  file 32768,  FILE_CACHE",
    "PHP,  shm 32768,   SHARED_MEMORY",
    "PHP,  unmap,       SHARER_LEFT",
  })
  void aSingleCauseIsNamed(String language, String event, Cause cause) {
    try (Events events = Events.in(language, FILLED, 2)) {
      Growth growth =
          events.growth(event.equals("unmap") ? Sharers.SOME_ENDED : Sharers.NONE_ENDED, event);
      Part main = growth.mainPart().orElseThrow();

      assertThat(main.cause()).as(growth.toString()).isEqualTo(cause);
      assertThat(growth.sharePercent(main)).as(growth.toString()).isGreaterThanOrEqualTo(90);
      long expected = event.equals("unmap") ? FILLED * MB : 32 * MB;
      assertThat(main.bytes()).as(growth.toString()).isCloseTo(expected, within(expected / 3));
      identityHolds(growth);
    }
  }

  /** Where the kernel gives any. */
  @ParameterizedTest
  @ValueSource(strings = {"C", "Perl", "PHP"})
  void hugePagesAreNamed(String language) {
    try (Events events = Events.in(language, 8, 0)) {
      Growth growth = events.growth(Sharers.NONE_ENDED, "huge 65536");
      if (events.footing().own().hugeBytes() == 0) {
        return; // switched off on this machine, or memory is too fragmented
      }
      assertThat(growth.mainPart().orElseThrow().cause()).isEqualTo(Cause.HUGE_PAGES);
      identityHolds(growth);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "C,    cow 28672, alloc 12288, 70",
    "C,    cow 8192,  frag 32768,  20",
    "C,    cow 20480, alloc 20480, 50",
    "Perl, cow 28672, alloc 12288, 70",
    "Perl, cow 8192,  frag 32768,  20",
    "PHP,  cow 28672, alloc 12288, 70",
    "PHP,  cow 8192,  frag 32768,  20",
  })
  void aMixtureIsTakenApart(String language, String cow, String other, int cowPercent) {
    try (Events events = Events.in(language, FILLED, 2)) {
      Growth growth = events.growth(Sharers.NONE_ENDED, cow, other);
      long risen = growth.risenBytes();

      assertThat(100.0 * growth.of(Cause.COPY_ON_WRITE) / risen)
          .as(growth.toString())
          .isCloseTo(cowPercent, within(10.0));
      assertThat(100.0 * growth.of(Cause.ALLOCATION) / risen)
          .as(growth.toString())
          .isCloseTo(100.0 - cowPercent, within(10.0));
      identityHolds(growth);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "Perl", "PHP"})
  void siblingsThatExitAreNoGrowth(String language) {
    try (Events events = Events.in(language, FILLED, 6)) {
      Growth growth = events.growth(Sharers.SOME_ENDED, "siblings");
      assertThat(growth.privateBytes()).isLessThan(MB);
      assertThat(growth.pssBytes()).isGreaterThan(20 * MB);
      assertThat(growth.remarks()).anyMatch(remark -> remark.contains("no growth of this worker"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "Perl", "PHP"})
  void memoryGivenBackLazilyIsReclaimableAndNoGrowth(String language) {
    try (Events events = Events.in(language, 8, 0)) {
      Growth growth = events.growth(Sharers.NONE_ENDED, "lazy 32768");
      assertThat(growth.reclaimableBytes()).isGreaterThan(30 * MB);
      assertThat(growth.privateBytes()).isLessThan(2 * MB);
      identityHolds(growth);
    }
  }

  /** Allocating and freeing makes faults that could be taken for copy-on-write ones. */
  @Test
  void churnMakesTheTwoKindsOfUnsharingUncertain() {
    try (Events events = Events.in("C", FILLED, 1)) {
      Growth growth =
          events.growth(
              Sharers.SOME_ENDED,
              "churn 65536",
              "churn 65536",
              "churn 65536",
              "churn 65536",
              "unmap");
      assertThat(growth.parts())
          .filteredOn(part -> part.cause() == Cause.COPY_ON_WRITE)
          .allMatch(part -> part.confidence() == Confidence.LOW);
    }
  }

  /**
   * 10 KB a request that stay, under up to 2 MB that do not. The kernel gives pages of 4 KB: so two
   * of them, then three.
   */
  @Test
  void aSmallLeakUnderANoisyPlateauIsALine() {
    Random random = new Random(SEED);
    try (Events events = Events.in("C", 8, 0)) {
      List<Point> series = new ArrayList<>();
      for (int request = 0; request < 240; request++) {
        events.happen("churn " + (4 + random.nextInt(2048)));
        events.happen("alloc " + (request % 2 == 0 ? 8 : 12));
        series.add(new Point(System.nanoTime(), OptionalLong.of(request), events.privateBytes()));
      }
      Trend trend = Trend.of(series);
      assertThat(trend.shape()).as("seed " + SEED).isInstanceOf(Shape.Line.class);
      assertThat(((Shape.Line) trend.shape()).bytesPerUnit()).isCloseTo(10 * 1024, within(1024.0));
    }
  }

  @Test
  void copyOnWriteLevelsOffAndIsNoLeak() {
    Random random = new Random(SEED);
    try (Events events = Events.in("C", 16, 1)) {
      List<Point> series = new ArrayList<>();
      double left = 16 * 1024;
      for (int request = 0; request < 100; request++) {
        // As random writes do: ever fewer of them meet a page that is still shared.
        long kilobytes = Math.round(left * (0.05 + 0.02 * random.nextDouble()));
        left -= kilobytes;
        events.happen("cow " + Math.max(4, kilobytes));
        series.add(new Point(System.nanoTime(), OptionalLong.of(request), events.privateBytes()));
      }
      Trend trend = Trend.of(series);
      assertThat(trend.shape()).isInstanceOf(Shape.Saturating.class);
      assertThat(trend.levelBytes().orElseThrow())
          .isCloseTo((double) events.privateBytes(), within(2.0 * MB));
    }
  }

  /** Causes add up to what the kernel says the exit gives back now and did not before. */
  private static void identityHolds(Growth growth) {
    assertThat(growth.parts().stream().mapToLong(Part::bytes).sum())
        .as(growth.toString())
        .isCloseTo(growth.privateBytes(), within(256 * 1024L));
  }
}
