package io.kidreaper.retire;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Reading;
import io.kidreaper.policy.Verdict;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.SweepReport.Result;
import io.kidreaper.retire.SweepReport.WorkerReport;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SweepReportTest {
  private static final Outcome.Signals SIGNALS =
      new Outcome.Signals(new Moment(Moment.Kind.ANY, Signal.HUP, 0, 0, 0), Optional.empty());
  private static final Outcome KEPT = new Outcome.Kept();
  private static final Outcome WOULD = new Outcome.WouldRetire();
  private static final Outcome VANISHED = new Outcome.Vanished();
  private static final Outcome RETIRED =
      new Outcome.Retired(
          SIGNALS,
          1,
          OptionalLong.of(7),
          new Outcome.Replacement(new ProcessId(30, 3), 1, new Reading.Vanished()));
  private static final Outcome UNREADABLE = new Outcome.Unreadable("EACCES");
  private static final Outcome NOT_REPLACED =
      new Outcome.NotReplaced(SIGNALS, 1, OptionalLong.of(5), 9);
  private static final Outcome STILL_THERE =
      new Outcome.StillThere(SIGNALS, 9, new Activity.Idle());
  private static final Outcome REFUSED =
      new Outcome.NotSignalled(Outcome.Why.NOT_PERMITTED, "EPERM");

  private static SweepReport report(
      Optional<String> lost, boolean interrupted, Outcome... outcomes) {
    Member member = new Member(new ProcessId(20, 2), new Reading.Vanished());
    List<WorkerReport> workers =
        Arrays.stream(outcomes)
            .map(outcome -> new WorkerReport(new Verdict.Keep(member), outcome))
            .toList();
    return new SweepReport(FakePool.MANAGER, FakePool.plan(100), workers, lost, interrupted);
  }

  static Stream<Arguments> endings() {
    return Stream.of(
        Arguments.of(Result.DONE, new Outcome[] {}),
        Arguments.of(Result.DONE, new Outcome[] {KEPT, WOULD, VANISHED, RETIRED}),
        Arguments.of(Result.DONE, new Outcome[] {new Outcome.NotAWorker("it is a helper")}),
        Arguments.of(Result.INCOMPLETE, new Outcome[] {KEPT, NOT_REPLACED}),
        Arguments.of(Result.INCOMPLETE, new Outcome[] {STILL_THERE, RETIRED}),
        Arguments.of(Result.INCOMPLETE, new Outcome[] {RETIRED, REFUSED}),
        Arguments.of(Result.UNREADABLE, new Outcome[] {RETIRED, UNREADABLE, KEPT}),
        Arguments.of(Result.INCOMPLETE, new Outcome[] {UNREADABLE, STILL_THERE}),
        Arguments.of(Result.INCOMPLETE, new Outcome[] {STILL_THERE, UNREADABLE}));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void theGravestOutcomeIsTheResult(Result result, Outcome[] outcomes) {
    assertThat(report(Optional.empty(), false, outcomes).result()).isEqualTo(result);
  }

  @Test
  void aLostManagerIsGraverThanAllElse() {
    assertThat(report(Optional.of("ended"), true, STILL_THERE, UNREADABLE).result())
        .isEqualTo(Result.MANAGER_LOST);
    assertThat(report(Optional.empty(), true, STILL_THERE, UNREADABLE).result())
        .isEqualTo(Result.INTERRUPTED);
  }

  @Test
  void memoryCountsAsGivenBackOnlyWhereAWorkerLeft() {
    SweepReport report =
        report(Optional.empty(), false, RETIRED, NOT_REPLACED, STILL_THERE, KEPT, RETIRED);

    assertThat(report.givenBackBytes()).isEqualTo(7 + 5 + 7);
    assertThat(report.retired()).isEqualTo(2);
    assertThat(report.signalled()).isEqualTo(4);
  }
}
