package io.kidreaper.retire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AtAnyMomentTest {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final FakePool pool = new FakePool();
  private final FakeWorker worker = pool.worker(20, 300);

  private Delivery deliver() {
    return new AtAnyMoment(pool.observer(), pool.clock())
        .deliver(pool.ref(worker), Signal.TERM, PATIENCE, pool::cancelled);
  }

  private static Delivery after(long millis) {
    return new Delivery.Delivered(new Moment(Moment.Kind.ANY, Signal.TERM, millis * 1000, 0, 0));
  }

  static Stream<Activity> anythingAWorkerMayDo() {
    return Stream.of(
        new Activity.Idle(),
        new Activity.Serving(2),
        new Activity.Suspended("it is stopped by a signal"),
        new Activity.Unclear("EACCES"));
  }

  @ParameterizedTest
  @MethodSource("anythingAWorkerMayDo")
  void theSignalComesAtOnceWhateverItDoes(Activity activity) {
    worker.does(activity);

    assertThat(deliver()).isEqualTo(after(0));
    assertThat(pool.signals).extracting(FakePool.Delivered::signal).containsExactly(Signal.TERM);
  }

  /** It may still have its manager's handlers, and would do to its siblings what they do. */
  @Test
  void aNewbornIsGivenUntilItsFirstWaitForARequest() {
    worker.does(new Activity.Between()).from(600, new Activity.Idle());

    assertThat(deliver()).isEqualTo(after(600));
  }

  @Test
  void aNewbornThatGoesStraightToWorkIsSignalledThere() {
    worker.does(new Activity.Between()).from(600, new Activity.Serving(1));

    assertThat(deliver()).isEqualTo(after(600));
  }

  @Test
  void oneThatIsNoNewbornAfterAllIsSignalledAfterThePatience() {
    worker.does(new Activity.Between());

    assertThat(deliver()).isEqualTo(after(1000));
  }

  @Test
  void oneThatEndsMeanwhileIsGone() {
    worker.does(new Activity.Between()).endsAt(300);

    assertThat(deliver()).isEqualTo(new Delivery.Gone());
    assertThat(pool.signals).isEmpty();
  }

  @Test
  void itStopsWhenTheSignalIsNoLongerWanted() {
    pool.cancelAtMillis(300);
    worker.does(new Activity.Between());

    assertThat(deliver()).isEqualTo(new Delivery.Cancelled());
    assertThat(pool.signals).isEmpty();
  }
}
