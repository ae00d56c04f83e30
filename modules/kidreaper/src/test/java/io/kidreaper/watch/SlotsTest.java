package io.kidreaper.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.pool.ProcessId;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotsTest {
  private static ProcessId worker(int pid) {
    return new ProcessId(pid, pid * 10L);
  }

  @Test
  void asManySlotsAsThereWereWorkersAtOnce() {
    Slots slots = new Slots();
    for (int first = 1; first < 10_000; first += 3) {
      slots.follow(List.of(worker(first), worker(first + 1), worker(first + 2)));
      assertThat(
              List.of(
                  slots.of(worker(first)),
                  slots.of(worker(first + 1)),
                  slots.of(worker(first + 2))))
          .containsExactlyInAnyOrder(0, 1, 2);
    }
  }

  @Test
  void whoStaysKeepsItsSlotAndANewcomerTakesTheFreeOne() {
    Slots slots = new Slots();
    slots.follow(List.of(worker(1), worker(2), worker(3)));
    int second = slots.of(worker(2));
    int third = slots.of(worker(3));
    slots.follow(List.of(worker(1), worker(3)));
    slots.follow(List.of(worker(1), worker(3), worker(9)));
    assertThat(slots.of(worker(9))).isEqualTo(second);
    assertThat(slots.of(worker(3))).isEqualTo(third);
    assertThatThrownBy(() -> slots.of(worker(2))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPidThatChangedHandsIsAnotherWorker() {
    Slots slots = new Slots();
    slots.follow(List.of(new ProcessId(7, 1), worker(8)));
    slots.follow(List.of(new ProcessId(7, 2), worker(8)));
    assertThat(slots.of(new ProcessId(7, 2))).isLessThan(2);
  }
}
