package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.pool.ProcessId;
import org.junit.jupiter.api.Test;

class LiveProgressTest {
  private static final ProcessId WORKER = new ProcessId(20, 2);

  private final Screen screen = Screen.plain();

  @Test
  void aLongWaitIsShownOnOneLineThatIsWipedAtTheEnd() {
    try (LiveProgress live = new LiveProgress(screen.terminal().err())) {
      live.draining(WORKER, 1200);
      live.awaitingReplacement(WORKER, 800);
      live.pausing(9000);
    }

    assertThat(screen.err().split("\r\u001b\\[K", -1))
        .containsExactly(
            "",
            "worker 20 is draining, 1.2 s",
            "worker 20 has left, waiting for its replacement, 800 ms",
            "next signal in 9.0 s",
            "");
  }

  @Test
  void aShortWaitShowsNothing() {
    try (LiveProgress live = new LiveProgress(screen.terminal().err())) {
      live.draining(WORKER, 100);
      live.awaitingReplacement(WORKER, 5);
    }

    assertThat(screen.err()).isEmpty();
  }
}
