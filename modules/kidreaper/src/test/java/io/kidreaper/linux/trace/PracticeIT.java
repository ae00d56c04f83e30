package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What practice is good for, and that it leaves nothing behind. */
class PracticeIT {
  private static final Duration LONG = Duration.ofSeconds(20);

  /**
   * Time depends on the machine; how many classes are loaded while a worker stands still does not.
   */
  @ParameterizedTest
  @ValueSource(strings = {"accept", "poll", "select", "epoll_wait"})
  void aWorkerDoesNotStandStillWhileAJvmLoadsItsClasses(String way) throws IOException {
    try (TestPool pool = TestPool.serve("unix", way, "term=ignore")) {
      ProcessId worker = pool.ready();

      List<FirstHold.Hold> cold = FirstHold.measure(worker, false);
      List<FirstHold.Hold> practised = FirstHold.measure(worker, true);

      assertThat(cold.getFirst().classes()).as("without practice").isGreaterThan(30);
      assertThat(practised.getFirst().classes()).as("with it").isLessThan(5);
      assertThat(TestPool.free(worker)).isTrue();
    }
  }

  @Test
  void theStandInWaitsForItsListenerAsAWorkerDoes() {
    try (StandIn standIn = StandIn.start().orElseThrow();
        Peek peek = Peek.at(standIn.id())) {
      await().atMost(LONG).until(() -> peek.now() instanceof Look.Idle);
      assertThat(Proc.REAL.threads(standIn.id().pid())).hasSize(1);
    }
  }

  @Test
  void theStandInIsGoneOnceItIsClosed() {
    ProcessId id;
    try (StandIn standIn = StandIn.start().orElseThrow()) {
      id = standIn.id();
    }

    assertThat(Proc.REAL.stat(id.pid()).filter(stat -> stat.startTicks() == id.startTicks()))
        .isEmpty();
  }

  /** Were kidreaper killed while it practises, nothing would be left either. */
  @Test
  void theStandInEndsByItself() {
    try (StandIn standIn = StandIn.start().orElseThrow()) {
      await()
          .atMost(LONG)
          .until(() -> Proc.REAL.stat(standIn.id().pid()).map(TaskStat::ended).orElse(true));
    }
  }

  @Test
  void practiceIsAWholeRetirement() {
    Set<Observer.Moment> seen = ConcurrentHashMap.newKeySet();
    try (Tracer tracer = Tracer.start(Settings.DEFAULT, seen::add)) {
      Practice.with(tracer);
    }

    assertThat(seen)
        .contains(
            Observer.Moment.SEIZED,
            Observer.Moment.STOPPED,
            Observer.Moment.AT_BOUNDARY,
            Observer.Moment.CALL_SKIPPED,
            Observer.Moment.BEFORE_SIGNAL,
            Observer.Moment.AFTER_SIGNAL,
            Observer.Moment.RELEASED);
  }
}
