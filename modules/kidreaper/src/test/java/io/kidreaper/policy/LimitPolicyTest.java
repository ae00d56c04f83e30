package io.kidreaper.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LimitPolicyTest {
  private static final ProcessId MANAGER = new ProcessId(10, 1);

  private static Member member(int pid, Reading reading) {
    return new Member(new ProcessId(pid, 100 + pid), reading);
  }

  /** private 30, pss 50, rss 70, vsz 90. */
  private static final Sample READ =
      new Sample(90, 70, new Rollup(70, 50, 0, 40, 10, 15, 0, 0, 5, 0));

  private static Verdict judge(Measure measure, long limit, Reading reading) {
    List<Verdict> verdicts =
        new LimitPolicy(new Limit(measure, limit))
            .judge(new Snapshot(MANAGER, List.of(member(20, reading))));
    assertThat(verdicts).hasSize(1);
    return verdicts.getFirst();
  }

  @ParameterizedTest
  @CsvSource({"PRIVATE, 30", "PSS, 50", "RSS, 70", "VSZ, 90"})
  void aWorkerAtTheLimitGoesAndOneByteBelowStays(Measure measure, long value) {
    Member member = member(20, READ);

    assertThat(judge(measure, value - 1, READ)).isEqualTo(new Verdict.Retire(member, value));
    assertThat(judge(measure, value, READ)).isEqualTo(new Verdict.Retire(member, value));
    assertThat(judge(measure, value + 1, READ)).isEqualTo(new Verdict.Keep(member));
  }

  @ParameterizedTest
  @EnumSource
  void oneThatEndedMeanwhileIsGone(Measure measure) {
    Reading reading = new Reading.Vanished();
    assertThat(judge(measure, 1, reading)).isEqualTo(new Verdict.Gone(member(20, reading)));
  }

  @ParameterizedTest
  @EnumSource
  void oneThatCannotBeReadIsUnknownAndNotSmall(Measure measure) {
    Reading reading = new Reading.Unreadable("EACCES");
    assertThat(judge(measure, 1, reading))
        .isEqualTo(new Verdict.Unknown(member(20, reading), "EACCES"));
  }

  @ParameterizedTest
  @EnumSource(names = {"PRIVATE", "PSS"})
  void withoutTheDetailThatDecidesItIsUnknown(Measure measure) {
    Sample sample = new Sample(90, 70, new Detail.Unreadable("EACCES"));
    assertThat(judge(measure, 1, sample))
        .isEqualTo(new Verdict.Unknown(member(20, sample), "EACCES"));
  }

  @ParameterizedTest
  @EnumSource(names = {"RSS", "VSZ"})
  void aDetailThatDoesNotDecideMayBeUnreadable(Measure measure) {
    Sample sample = new Sample(90, 70, new Detail.Unreadable("EACCES"));
    assertThat(judge(measure, 60, sample)).isInstanceOf(Verdict.Retire.class);
    assertThat(judge(measure, 100, sample)).isInstanceOf(Verdict.Keep.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"PRIVATE", "PSS"})
  void aDetailThatNobodyNeededMeansBelow(Measure measure) {
    Sample sample = new Sample(90, 70, new Detail.NotRead());
    assertThat(judge(measure, 71, sample)).isEqualTo(new Verdict.Keep(member(20, sample)));
  }

  @Test
  void thereIsOneVerdictForEachInTheSnapshotsOrder() {
    List<Member> members =
        List.of(
            member(23, READ),
            member(21, new Reading.Vanished()),
            member(22, new Reading.Unreadable("EACCES")),
            member(20, new Sample(5, 5, new Detail.NotRead())));

    assertThat(
            new LimitPolicy(new Limit(Measure.PRIVATE, 30)).judge(new Snapshot(MANAGER, members)))
        .containsExactly(
            new Verdict.Retire(members.get(0), 30),
            new Verdict.Gone(members.get(1)),
            new Verdict.Unknown(members.get(2), "EACCES"),
            new Verdict.Keep(members.get(3)));
  }

  @Test
  void anEmptyPoolHasNoVerdicts() {
    assertThat(new LimitPolicy(new Limit(Measure.RSS, 1)).judge(new Snapshot(MANAGER, List.of())))
        .isEmpty();
  }
}
