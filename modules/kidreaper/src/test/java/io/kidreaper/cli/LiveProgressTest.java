package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Progress;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LiveProgressTest {
  private static final ProcessId WORKER = new ProcessId(20, 2);

  private final Screen screen = Screen.plain();

  @ParameterizedTest
  @MethodSource("waits")
  void aLongWaitIsShownOnALineThatIsWipedAtTheEnd(Consumer<Progress> wait, String words) {
    try (LiveProgress live = new LiveProgress(screen.terminal().err())) {
      wait.accept(live);
    }

    assertThat(screen.err().split("\r\u001b\\[K", -1)).containsExactly("", words, "");
  }

  static Stream<Arguments> waits() {
    return Stream.of(
        wait(
            live -> live.awaitingBoundary(WORKER, 700),
            "worker 20 is finishing its requests, 700 ms"),
        wait(live -> live.draining(WORKER, 1200), "worker 20 is draining, 1.2 s"),
        wait(
            live -> live.awaitingReplacement(WORKER, 800),
            "worker 20 has left, waiting for its replacement, 800 ms"),
        wait(live -> live.pausing(9000), "next signal in 9.0 s"));
  }

  private static Arguments wait(Consumer<Progress> wait, String words) {
    return Arguments.of(wait, words);
  }

  @Test
  void aShortWaitShowsNothing() {
    try (LiveProgress live = new LiveProgress(screen.terminal().err())) {
      live.awaitingBoundary(WORKER, 100);
      live.draining(WORKER, 100);
      live.awaitingReplacement(WORKER, 5);
    }

    assertThat(screen.err()).isEmpty();
  }
}
