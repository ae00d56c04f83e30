package io.kidreaper.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.manager.PoolMachine.Step;
import io.kidreaper.manager.PoolState.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Each test is a story: what happens, and what the pool orders. */
class PoolMachineTest {
  private final List<PoolNote> notes = new ArrayList<>();
  private PoolState state = PoolState.of(PoolSettings.DEFAULT, 2, 1);
  private OptionalLong wakeAt = OptionalLong.empty();
  private long now = 1_000;

  @Test
  void startsAsManyAsAskedForAtOnce() {
    assertThat(happens(new PoolEvent.Tick())).containsExactly("start 1 g1", "start 2 g1");
    assertThat(happens(new PoolEvent.Tick())).isEmpty();
    assertThat(wakeAt).as("to tell of slow starts").isEqualTo(OptionalLong.of(now + 30_000));
    assertThat(ready(1)).isEmpty();
    assertThat(ready(2)).isEmpty();
    assertThat(state.ready()).isEqualTo(2);
    assertThat(wakeAt).isEmpty();
  }

  @Test
  void replacesACondemnedWorkerOnlyAfterItsReplacementIsReady() {
    serving();
    assertThat(condemn(1)).containsExactly("start 3 g1");
    assertThat(condemn(1)).as("a second time").isEmpty();
    assertThat(ready(3)).containsExactly("retire 1: too big");
    assertThat(ended(1)).isEmpty();
    assertThat(state.ready()).isEqualTo(2);
    assertThat(notes).as("an end that was asked for needs no word").hasSize(3);
  }

  @Test
  void replacesAllThatAreCondemnedOneAfterTheOther() {
    serving();
    assertThat(condemn(1)).containsExactly("start 3 g1");
    assertThat(condemn(2)).isEmpty();
    assertThat(ready(3)).containsExactly("retire 1: too big");
    assertThat(ended(1)).containsExactly("start 4 g1");
    assertThat(ready(4)).containsExactly("retire 2: too big");
    assertThat(ended(2)).isEmpty();
  }

  @Test
  void startsAnotherAtOnceForAWorkerThatServedAndDied() {
    serving();
    now += 10_000;
    assertThat(crashed(2)).containsExactly("start 3 g1");
    assertThat(lastNote()).isInstanceOf(PoolNote.Ended.class);
    assertThat(lastNote().text()).isEqualTo("worker 2 was ended by signal 11 after 10000 ms");
  }

  @Test
  void waitsLongerWithEveryFailureAndNeverGivesUp() {
    serving();
    long before = 0;
    long serial = 1;
    for (int failure = 1; failure <= 40; failure++) {
      assertThat(crashed(serial)).isEmpty();
      long delay = wakeAt.orElseThrow() - now;
      assertThat(delay).isBetween(Math.min(before, 30_000) / 2, 60_000L);
      before = delay;
      now += delay - 1;
      assertThat(happens(new PoolEvent.Tick())).as("too early").isEmpty();
      now += 1;
      serial = failure + 2L;
      assertThat(happens(new PoolEvent.Tick())).containsExactly("start " + serial + " g1");
    }
    assertThat(before).isGreaterThanOrEqualTo(30_000);
    ready(serial);
    now += 5_000;
    assertThat(crashed(serial)).as("it served, so all is forgotten").hasSize(1);
  }

  @Test
  void keepsTheOldWorkerWhileItsReplacementFails() {
    serving();
    assertThat(condemn(1)).containsExactly("start 3 g1");
    assertThat(crashed(3)).isEmpty();
    now = wakeAt.orElseThrow();
    assertThat(happens(new PoolEvent.Tick())).containsExactly("start 4 g1");
    assertThat(happens(new PoolEvent.StartFailed(4, "out of processes"))).isEmpty();
    now = wakeAt.orElseThrow();
    assertThat(happens(new PoolEvent.Tick())).containsExactly("start 5 g1");
    assertThat(state.ready()).isEqualTo(2);
    assertThat(ready(5)).containsExactly("retire 1: too big");
  }

  @Test
  void tellsOfASlowStartOnceAndWaitsOn() {
    happens(new PoolEvent.Tick());
    ready(1);
    now = wakeAt.orElseThrow();
    assertThat(happens(new PoolEvent.Tick())).isEmpty();
    assertThat(lastNote()).isEqualTo(new PoolNote.SlowStart(2, 30_000));
    int told = notes.size();
    now += 60_000;
    assertThat(happens(new PoolEvent.Tick())).isEmpty();
    assertThat(notes).hasSize(told);
    assertThat(wakeAt).isEmpty();
  }

  @Test
  void saysAtOnceThatTheVeryFirstWorkersFail() {
    happens(new PoolEvent.Tick());
    crashed(1);
    assertThat(lastNote().text())
        .isEqualTo("no worker was ever ready: the first worker was ended by signal 11");
    ready(2);
    crashed(2);
    assertThat(lastNote()).isInstanceOf(PoolNote.Ended.class);
  }

  @Test
  void scalesUpAtOnceAndDownByTheOldest() {
    serving();
    assertThat(happens(new PoolEvent.ScaleTo(4))).containsExactly("start 3 g1", "start 4 g1");
    ready(3);
    ready(4);
    assertThat(happens(new PoolEvent.ScaleTo(1)))
        .containsExactly(
            "retire 1: fewer workers are wanted",
            "retire 2: fewer workers are wanted",
            "retire 3: fewer workers are wanted");
    assertThat(happens(new PoolEvent.ScaleTo(2)))
        .as("those on their way out do not come back")
        .containsExactly("start 5 g1");
  }

  @Test
  void aNewbornThatIsNotWantedAnyMoreGoesOnlyOnceItIsReady() {
    serving();
    assertThat(happens(new PoolEvent.ScaleTo(3))).containsExactly("start 3 g1");
    assertThat(happens(new PoolEvent.ScaleTo(2))).isEmpty();
    assertThat(ready(3)).containsExactly("retire 3: fewer workers are wanted");
    assertThat(state.ready()).isEqualTo(2);
  }

  @Test
  void restartsOneByOneAtFullCapacityAndTellsWhenAllAreNew() {
    serving();
    assertThat(happens(new PoolEvent.Restart())).containsExactly("start 3 g2");
    assertThat(ready(3)).containsExactly("retire 1: restart as generation 2");
    assertThat(ended(1)).containsExactly("start 4 g2");
    assertThat(ready(4)).containsExactly("retire 2: restart as generation 2");
    assertThat(notes).doesNotContain(new PoolNote.Restarted(2));
    assertThat(ended(2)).isEmpty();
    assertThat(lastNote()).isEqualTo(new PoolNote.Restarted(2));
  }

  @Test
  void aGenerationThatFailsNeverTakesTheOldOnesPlaces() {
    serving();
    happens(new PoolEvent.Restart());
    assertThat(crashed(3)).isEmpty();
    assertThat(state.ready()).isEqualTo(2);
    now += 100;
    // An old worker dies meanwhile: one of the generation that works takes over.
    assertThat(ended(1)).containsExactly("start 4 g1");
    ready(4);
    now += 60_000;
    assertThat(happens(new PoolEvent.Tick())).containsExactly("start 5 g2");
    assertThat(ready(5)).as("now it works").containsExactly("retire 2: restart as generation 2");
    assertThat(ended(2)).containsExactly("start 6 g2");
    assertThat(ready(6)).containsExactly("retire 4: restart");
    ended(4);
    assertThat(lastNote()).isEqualTo(new PoolNote.Restarted(2));
  }

  @Test
  void aRestartThatRepairsACrashingPoolIsNotHeldUpByTheOldGeneration() {
    serving();
    crashed(1);
    crashed(2);
    assertThat(state.ready()).isZero();
    List<String> ordered = new ArrayList<>(happens(new PoolEvent.Restart()));
    long serial = 3;
    for (int i = 0; i < 50 && ordered.stream().noneMatch(it -> it.endsWith("g2")); i++) {
      for (String order : List.copyOf(ordered)) {
        serial = Long.parseLong(order.split(" ", 3)[1]);
        ordered.addAll(crashed(serial));
      }
      now = wakeAt.orElseThrow();
      ordered.addAll(happens(new PoolEvent.Tick()));
    }
    assertThat(ordered).anyMatch(it -> it.endsWith("g2"));
  }

  @Test
  void withoutMemoryForBothTheOldOneGoesFirstAndOneAtATime() {
    serving();
    happens(new PoolEvent.Overlap(false));
    assertThat(condemn(1)).containsExactly("retire 1: too big");
    assertThat(condemn(2)).isEmpty();
    assertThat(ended(1)).containsExactly("start 3 g1");
    assertThat(ready(3)).containsExactly("retire 2: too big");
    assertThat(ended(2)).containsExactly("start 4 g1");
  }

  @Test
  void aRetirementThatFailsIsTriedAgainLater() {
    serving();
    condemn(1);
    ready(3);
    assertThat(happens(new PoolEvent.RetirementFailed(1, "its request goes on"))).isEmpty();
    assertThat(state.ready()).isEqualTo(3);
    now = wakeAt.orElseThrow();
    assertThat(happens(new PoolEvent.Tick())).containsExactly("retire 1: too big");
    assertThat(ended(1)).isEmpty();
  }

  @Test
  void adoptedWorkersServeAndOnlyTheMissingAreStarted() {
    state = PoolState.of(PoolSettings.DEFAULT, 3, 1);
    assertThat(happens(new PoolEvent.Adopted(List.of(1L, 2L)))).containsExactly("start 3 g1");
    assertThat(state.ready()).isEqualTo(2);
    now += 1;
    assertThat(crashed(3)).as("the adopted ones prove that the command works").isEmpty();
    assertThat(lastNote()).isInstanceOf(PoolNote.Ended.class);
  }

  @Test
  void stopsByRetiringAllAndIsFinishedWhenTheLastIsGone() {
    serving();
    condemn(1);
    assertThat(happens(new PoolEvent.Stop()))
        .containsExactly(
            "retire 1: the pool stops", "retire 2: the pool stops", "retire 3: the pool stops");
    assertThat(happens(new PoolEvent.Stop())).as("asked twice").isEmpty();
    assertThat(happens(new PoolEvent.ScaleTo(9))).isEmpty();
    assertThat(happens(new PoolEvent.Restart())).isEmpty();
    ended(1);
    assertThat(ended(2)).isEmpty();
    assertThat(happens(new PoolEvent.StopNow())).containsExactly("kill 3");
    assertThat(ended(3)).containsExactly("finished");
    assertThat(ended(3)).as("once").isEmpty();
    assertThat(state.phase()).isEqualTo(Phase.FINISHED);
    assertThat(happens(new PoolEvent.Tick())).isEmpty();
  }

  @Test
  void aPoolThatStopsWithNobodyInItIsFinishedAtOnce() {
    assertThat(happens(new PoolEvent.Stop())).containsExactly("finished");
  }

  @Test
  void eventsOfWorkersThatAreNotThereChangeNothing() {
    serving();
    PoolState before = state;
    for (PoolEvent event :
        List.of(
            new PoolEvent.BecameReady(99),
            new PoolEvent.BecameReady(1),
            new PoolEvent.StartFailed(99, "x"),
            new PoolEvent.Ended(99, true, "x"),
            new PoolEvent.Condemn(99, "x"),
            new PoolEvent.Expel(99, "x"),
            new PoolEvent.RetirementFailed(99, "x"),
            new PoolEvent.RetirementFailed(1, "x"))) {
      assertThat(happens(event)).isEmpty();
      assertThat(state).isEqualTo(before);
    }
  }

  @Test
  void withoutMemoryForBothARestartComesToItsEnd() {
    serving();
    happens(new PoolEvent.Overlap(false));
    assertThat(happens(new PoolEvent.Restart()))
        .containsExactly("retire 1: restart as generation 2");
    assertThat(ended(1)).containsExactly("start 3 g2");
    assertThat(ready(3)).containsExactly("retire 2: restart as generation 2");
    assertThat(ended(2)).containsExactly("start 4 g2");
    assertThat(ready(4)).isEmpty();
    assertThat(lastNote()).isEqualTo(new PoolNote.Restarted(2));
  }

  @Test
  void withoutMemoryForBothANewestThatFailsIsSteppedInFor() {
    serving();
    happens(new PoolEvent.Overlap(false));
    happens(new PoolEvent.Restart());
    assertThat(ended(1)).containsExactly("start 3 g2");
    assertThat(crashed(3)).isEmpty();
    now = wakeAt.getAsLong();
    assertThat(happens(new PoolEvent.Tick())).containsExactly("start 4 g1");
  }

  @Test
  void withoutMemoryForBothANewestThatAlwaysFailsIsTriedEverMoreSeldom() {
    serving();
    happens(new PoolEvent.Overlap(false));
    List<String> orders = new ArrayList<>(happens(new PoolEvent.Restart()));
    List<Long> tries = new ArrayList<>();
    long until = now + 600_000;
    while (now < until) {
      String order = orders.isEmpty() ? "" : orders.removeFirst();
      long serial = order.isEmpty() ? 0 : Long.parseLong(order.split(" ", 3)[1].replace(":", ""));
      if (order.startsWith("retire")) {
        orders.addAll(ended(serial));
      } else if (order.endsWith("g1")) {
        orders.addAll(ready(serial));
      } else if (order.endsWith("g2")) {
        tries.add(now);
        orders.addAll(crashed(serial));
      } else {
        assertThat(wakeAt).as("a next try").isPresent();
        now = wakeAt.getAsLong();
        orders.addAll(happens(new PoolEvent.Tick()));
      }
    }
    assertThat(tries).hasSizeBetween(10, 30);
    assertThat(state.ready()).isGreaterThanOrEqualTo(1);
  }

  @Test
  void anExpelledWorkerGoesBeforeThereIsAnotherAndIsReplacedMeanwhile() {
    serving();
    assertThat(happens(new PoolEvent.Expel(1, "over the hard limit")))
        .containsExactly("retire 1: over the hard limit", "start 3 g1");
    assertThat(happens(new PoolEvent.Expel(1, "over the hard limit"))).isEmpty();
    assertThat(happens(new PoolEvent.Expel(3, "over the hard limit")))
        .as("one that was never ready is waited for")
        .isEmpty();
    assertThat(ready(3)).as("the first one is still there").isEmpty();
    assertThat(ended(1)).containsExactly("start 4 g1");
    assertThat(ready(4)).containsExactly("retire 3: over the hard limit");
  }

  private void serving() {
    happens(new PoolEvent.Tick());
    ready(1);
    ready(2);
    assertThat(state.ready()).isEqualTo(2);
  }

  private List<String> ready(long serial) {
    return happens(new PoolEvent.BecameReady(serial));
  }

  private List<String> condemn(long serial) {
    return happens(new PoolEvent.Condemn(serial, "too big"));
  }

  private List<String> crashed(long serial) {
    return happens(new PoolEvent.Ended(serial, false, "was ended by signal 11"));
  }

  private List<String> ended(long serial) {
    return happens(new PoolEvent.Ended(serial, true, "exited with status 0"));
  }

  private PoolNote lastNote() {
    return notes.getLast();
  }

  /** Orders in words; notes are kept apart. */
  private List<String> happens(PoolEvent event) {
    Step step = PoolMachine.step(state, event, now);
    state = step.state();
    wakeAt = step.wakeAtMillis();
    List<String> orders = new ArrayList<>();
    for (PoolCommand command : step.commands()) {
      switch (command) {
        case PoolCommand.Start(long serial, int generation) ->
            orders.add("start " + serial + " g" + generation);
        case PoolCommand.Retire(long serial, String reason) ->
            orders.add("retire " + serial + ": " + reason);
        case PoolCommand.Kill(long serial) -> orders.add("kill " + serial);
        case PoolCommand.Tell(PoolNote note) -> notes.add(note);
        case PoolCommand.Finished() -> orders.add("finished");
      }
    }
    return orders;
  }
}
