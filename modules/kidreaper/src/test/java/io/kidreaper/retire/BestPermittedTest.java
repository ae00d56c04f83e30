package io.kidreaper.retire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BestPermittedTest {
  private static final Delivery HELD = delivered(Moment.Kind.HELD_IDLE);
  private static final Delivery SEEN = delivered(Moment.Kind.SEEN_IDLE);
  private static final Delivery DENIED = new Delivery.NotPermitted("it may not be traced: EPERM");

  private final FakePool pool = new FakePool();
  private final ProcessRef worker = pool.ref(pool.worker(20, 300));
  private final List<String> told = new ArrayList<>();

  private static Delivery delivered(Moment.Kind kind) {
    return new Delivery.Delivered(new Moment(kind, Signal.HUP, 1, 1, 1));
  }

  private Delivery deliver(Deliverer way) {
    return way.deliver(worker, Signal.HUP, Duration.ofSeconds(1), () -> false);
  }

  @Test
  void theBoundaryIsUsedWhereItIsPermitted() {
    Counting idle = new Counting(SEEN);
    Deliverer best = new BestPermitted(new Counting(HELD), idle, told::add);

    assertThat(deliver(best)).isEqualTo(HELD);
    assertThat(deliver(best)).isEqualTo(HELD);
    assertThat(idle.calls).isZero();
    assertThat(told).isEmpty();
  }

  @Test
  void withoutTheRightItFallsBackAndSaysOnceWhatIsMissingAndWhatIsLost() {
    Counting boundary = new Counting(DENIED);
    Deliverer best = new BestPermitted(boundary, new Counting(SEEN), told::add);

    for (int worker = 0; worker < 3; worker++) {
      assertThat(deliver(best)).isEqualTo(SEEN);
    }

    assertThat(boundary.calls).as("the right does not come back").isOne();
    assertThat(told).hasSize(1);
    assertThat(told.getFirst())
        .contains("it may not be traced: EPERM", "seen idle", "always busy", "may be cut");
  }

  static Stream<Delivery> whatIsNoQuestionOfRights() {
    return Stream.of(
        new Delivery.Busy(1, 1000),
        new Delivery.Busy(0, 1000),
        new Delivery.NotNow("it is stopped"),
        new Delivery.Gone(),
        new Delivery.Cancelled());
  }

  @ParameterizedTest
  @MethodSource("whatIsNoQuestionOfRights")
  void whatIsNoQuestionOfRightsIsTakenAsItIs(Delivery delivery) {
    Counting idle = new Counting(SEEN);

    assertThat(deliver(new BestPermitted(new Counting(delivery), idle, told::add)))
        .isEqualTo(delivery);
    assertThat(idle.calls).isZero();
    assertThat(told).isEmpty();
  }

  @Test
  void whereNeitherIsPermittedTheReasonIsThatOfTheLastWay() {
    Delivery unseen = new Delivery.NotPermitted("it cannot be seen");

    assertThat(deliver(new BestPermitted(new Counting(DENIED), new Counting(unseen), told::add)))
        .isEqualTo(unseen);
  }

  private static final class Counting implements Deliverer {
    private final Delivery delivery;
    private int calls;

    Counting(Delivery delivery) {
      this.delivery = delivery;
    }

    @Override
    public Delivery deliver(
        ProcessRef worker, Signal signal, Duration patience, BooleanSupplier cancelled) {
      calls++;
      return delivery;
    }

    @Override
    public Delivery deliverWithoutConnection(
        ProcessRef worker, Signal signal, Duration patience, BooleanSupplier cancelled) {
      calls++;
      return delivery;
    }
  }
}
