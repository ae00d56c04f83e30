package io.kidreaper.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Reading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Moment;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.Signal;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static Outcome retired(Moment.Kind kind, long exitMillis) {
    return new Outcome.Retired(
        new Outcome.Signals(new Moment(kind, Signal.HUP, 0, 0, 0), Optional.empty()),
        exitMillis,
        OptionalLong.empty(),
        new Outcome.Replacement(new ProcessId(9, 9), 1, new Reading.Vanished()));
  }

  @Test
  void countsByReasonAndOutcome() {
    Tally tally =
        Tally.NONE
            .with("limit", retired(Moment.Kind.HELD_IDLE, 10))
            .with("limit", retired(Moment.Kind.HELD_IDLE, 70_000))
            .with("limit", new Outcome.NotSignalled(Outcome.Why.NOT_A_CHILD, ""))
            .with("age", new Outcome.Vanished());
    assertThat(tally.outcomes().get("limit"))
        .containsEntry("replaced", 2L)
        .containsEntry("not-a-child", 1L);
    assertThat(tally.outcomes().get("age")).containsEntry("ended-by-itself", 1L);
    assertThat(tally.drains().getFirst()).as("up to 10 ms, the bound itself too").isEqualTo(1);
    assertThat(tally.drains().getLast()).as("longer than all bounds").isEqualTo(1);
    assertThat(tally.drainMillis()).isEqualTo(70_010);
    assertThat(tally.unsafeSignals()).isZero();
  }

  @Test
  void aSignalAtAnUnsafeMomentIsNotTakenForSafe() {
    assertThat(Tally.NONE.with("limit", retired(Moment.Kind.SEEN_IDLE, 1)).unsafeSignals())
        .isEqualTo(1);
    assertThat(Tally.NONE.with("limit", retired(Moment.Kind.ANY, 1)).unsafeSignals()).isEqualTo(1);
  }
}
