package io.kidreaper.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Activity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a new worker counts as ready, by what is seen of it. */
@Timeout(30)
class ReadyWatchTest {
  private static final ProcessId WORKER = new ProcessId(20, 1);

  private final BlockingQueue<Long> ready = new LinkedBlockingQueue<>();
  private final List<String> told = new ArrayList<>();
  private final List<Long> looks = new ArrayList<>();

  /** The last of these for ever. */
  private ReadyWatch watch(Optional<String> sleepMark, Activity... seen) {
    Iterator<Activity> rest = List.of(seen).iterator();
    Activity[] now = {seen[0]};
    return new ReadyWatch(
        _ -> {
          looks.add(System.nanoTime());
          now[0] = rest.hasNext() ? rest.next() : now[0];
          return now[0];
        },
        _ -> sleepMark,
        told::add);
  }

  private long notYet() throws InterruptedException {
    Long nanos = ready.poll(20, TimeUnit.SECONDS);
    assertThat(nanos).as("told ready in time").isNotNull();
    return nanos;
  }

  @Test
  void itIsReadyAtItsFirstRequestAndWasNotAtTheLookBefore() throws InterruptedException {
    try (ReadyWatch watch =
        watch(
            Optional.empty(),
            new Activity.Between(),
            new Activity.Between(),
            new Activity.Serving(1))) {
      long begin = System.nanoTime();
      watch.await(7, WORKER, ready::add);
      long notYet = notYet();

      assertThat(looks).hasSize(3);
      assertThat(notYet).isBetween(looks.get(0), looks.get(1)).isGreaterThan(begin);
    }
    assertThat(ready).as("once").isEmpty();
  }

  @Test
  void oneThatIsReadyAtTheFirstLookWasNotWhenItWasBegunWith() throws InterruptedException {
    try (ReadyWatch watch = watch(Optional.empty(), new Activity.Idle())) {
      long begin = System.nanoTime();
      watch.await(7, WORKER, ready::add);

      assertThat(notYet()).isBetween(begin, looks.getFirst());
    }
  }

  @Test
  void whereNothingCanBeSeenItIsReadyWhenItHasSlept() throws InterruptedException {
    try (ReadyWatch watch =
        watch(Optional.of("asleep since 5"), new Activity.Unclear("not permitted"))) {
      long begin = System.nanoTime();
      watch.await(7, WORKER, ready::add);
      long notYet = notYet();

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(500));
      assertThat(notYet).as("it has slept until then").isGreaterThan(begin + 500_000_000L);
      assertThat(told).singleElement().asString().contains("not permitted");
    }
  }

  @Test
  void oneThatEndsIsNeverReady() throws InterruptedException {
    try (ReadyWatch watch = watch(Optional.empty(), new Activity.Between(), new Activity.Gone())) {
      watch.await(7, WORKER, ready::add);

      assertThat(ready.poll(300, TimeUnit.MILLISECONDS)).isNull();
      assertThat(looks).as("it is let go at once").hasSize(2);
    }
  }
}
