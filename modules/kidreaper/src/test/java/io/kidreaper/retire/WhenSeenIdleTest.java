package io.kidreaper.retire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WhenSeenIdleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final FakePool pool = new FakePool();
  private final FakeWorker worker = pool.worker(20, 300);

  private Delivery deliver() {
    return new WhenSeenIdle(pool.observer(), pool.clock())
        .deliver(pool.ref(worker), Signal.QUIT, PATIENCE, pool::cancelled);
  }

  @Test
  void anIdleOneIsSignalledAtOnceAndUntouched() {
    assertThat(deliver())
        .isEqualTo(new Delivery.Delivered(new Moment(Moment.Kind.SEEN_IDLE, Signal.QUIT, 0, 0, 0)));
    assertThat(pool.signals).extracting(FakePool.Delivered::signal).containsExactly(Signal.QUIT);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 500, 999})
  void aBusyOneIsSignalledAsSoonAsItIsIdle(long millis) {
    worker.busyUntil(millis);

    assertThat(deliver())
        .isInstanceOfSatisfying(
            Delivery.Delivered.class,
            done ->
                assertThat(done.moment().reachedMicros())
                    .isBetween(millis * 1000, millis * 1000 + 2000));
    assertThat(pool.signals.getFirst().busy()).isFalse();
  }

  @Test
  void oneThatIsBusyForAllOfThePatienceIsLeftAlone() {
    worker.does(new Activity.Serving(3));

    assertThat(deliver()).isEqualTo(new Delivery.Busy(3, 1000));
    assertThat(pool.signals).isEmpty();
  }

  /** As a newborn that has not come to its first wait for a request. */
  @Test
  void oneThatHoldsNothingAndWaitsForNothingIsLeftAloneToo() {
    worker.does(new Activity.Between());

    assertThat(deliver()).isEqualTo(new Delivery.Busy(0, 1000));
    assertThat(pool.signals).isEmpty();
  }

  @Test
  void oneThatIsStoppedOrTracedIsLeftAloneAtOnce() {
    worker.does(new Activity.Suspended("it is traced by process 7"));

    assertThat(deliver()).isEqualTo(new Delivery.NotNow("it is traced by process 7"));
    assertThat(pool.millis()).isZero();
    assertThat(pool.signals).isEmpty();
  }

  @Test
  void oneThatCannotBeSeenIsNotTakenForIdle() {
    worker.does(new Activity.Unclear("its descriptors cannot be read: EACCES"));

    assertThat(deliver())
        .isInstanceOfSatisfying(
            Delivery.NotPermitted.class,
            not -> assertThat(not.reason()).contains("its descriptors cannot be read: EACCES"));
    assertThat(pool.signals).isEmpty();
  }

  @Test
  void oneThatEndsMeanwhileIsGone() {
    worker.busyUntil(FakeWorker.NEVER).endsAt(300);

    assertThat(deliver()).isEqualTo(new Delivery.Gone());
  }

  @Test
  void itStopsWhenTheSignalIsNoLongerWanted() {
    pool.cancelAtMillis(300);
    worker.busyUntil(400);

    assertThat(deliver()).isEqualTo(new Delivery.Cancelled());
    assertThat(pool.millis()).isBetween(300L, 304L);
    assertThat(pool.signals).isEmpty();
  }

  @Test
  void aSignalThatIsRefusedSaysWhy() {
    worker.signalRefused("EPERM");

    assertThat(deliver()).isEqualTo(new Delivery.NotPermitted("EPERM"));
  }
}
