package io.kidreaper.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Duty;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MeasuredTest {
  private static final ProcessId MANAGER = new ProcessId(10, 1);
  private static final ProcessId ONE = new ProcessId(20, 2);
  private static final ProcessId OTHER = new ProcessId(21, 3);

  private static Member member(ProcessId id, long rssBytes, long ageMillis, Detail detail) {
    return new Member(
        id, new Sample(0, rssBytes, detail), OptionalLong.of(ageMillis), Duty.UNKNOWN);
  }

  private static Snapshot pool(Member... members) {
    return new Snapshot(MANAGER, List.of(members));
  }

  private static Detail privately(long bytes) {
    return new Rollup(0, 0, 0, 0, 0, bytes, bytes, 0, 0, 0);
  }

  @Test
  void whatWasNotReadThisTimeStaysAsItWasAndWhoIsGoneIsForgotten() {
    Measured measured =
        Measured.NOTHING
            .with(pool(member(ONE, 50, 5_000, privately(30)), member(OTHER, 60, 0, privately(1))))
            .with(pool(member(ONE, 70, 6_000, new Detail.NotRead())));

    assertThat(measured.workers()).containsExactly(ONE);
    assertThat(measured.of(ONE).rssBytes()).hasValue(70);
    assertThat(measured.of(ONE).privateBytes()).hasValue(30);
    assertThat(measured.of(OTHER).privateBytes()).isEmpty();
  }

  @Test
  void aWorkersAgeGoesOnBetweenReadings() {
    Measured.Of of = Measured.NOTHING.with(pool(member(ONE, 50, 5_000, privately(30)))).of(ONE);

    assertThat(of.ageMillis().orElseThrow()).isBetween(5_000L, 65_000L);
    assertThat(Measured.NOTHING.of(ONE).ageMillis()).isEmpty();
  }

  /** Or a watch of many pools would make garbage of all that it knows at every turn. */
  @Test
  void whatHasNotChangedIsTheSameObject() {
    Measured before =
        Measured.NOTHING.with(
            pool(member(ONE, 50, 5_000, privately(30)), member(OTHER, 60, 0, privately(1))));
    assertThat(
            before.with(
                pool(
                    member(ONE, 50, 6_000, new Detail.NotRead()),
                    member(OTHER, 60, 1_000, privately(1)))))
        .isSameAs(before);

    Measured after =
        before.with(
            pool(
                member(ONE, 51, 6_000, new Detail.NotRead()),
                member(OTHER, 60, 1_000, privately(1))));
    assertThat(after).isNotSameAs(before);
    assertThat(after.of(OTHER)).isSameAs(before.of(OTHER));
    assertThat(after.of(ONE).rssBytes()).hasValue(51);
  }
}
