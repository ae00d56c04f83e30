package io.kidreaper.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.manager.PoolMachine.Step;
import io.kidreaper.manager.PoolState.Phase;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Thousands of pools in a made-up world: workers boot, crash, hang and refuse to go, people scale,
 * restart and stop. What the machine promises is looked at after every step; then the world calms
 * down and the pool must come to rest as it was asked for. A failure names its seed.
 */
class PoolSimulationTest {
  private static final int POOLS = 2_000;
  private static final int STORMY_STEPS = 150;

  @Test
  void everyPoolKeepsItsPromisesInAnyWeatherAndComesToRest() {
    long first = System.nanoTime();
    for (long seed = first; seed < first + POOLS; seed++) {
      new World(seed).run();
    }
  }

  /** What a process really is, which the machine learns of by events only. */
  private enum Life {
    BOOTING,
    SERVING,
    LEAVING
  }

  private static final class World {
    private final long seed;
    private final Random random;
    private final Map<Long, Life> processes = new HashMap<>();
    private final Set<Long> everStarted = new HashSet<>();
    private PoolState state;
    private OptionalLong wakeAt = OptionalLong.empty();
    private long now;
    private int mostAskedFor;

    World(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      int workers = random.nextInt(8);
      PoolSettings settings =
          new PoolSettings(1 + random.nextInt(3), 30_000, 10_000, Backoff.DEFAULT);
      this.state = PoolState.of(settings, workers, seed);
      this.mostAskedFor = workers;
    }

    void run() {
      happens(new PoolEvent.Tick());
      for (int i = 0; i < STORMY_STEPS; i++) {
        now += random.nextInt(3) == 0 ? random.nextInt(20_000) : random.nextInt(50);
        happens(storm());
      }
      happens(new PoolEvent.Overlap(true));
      calm();
      assertAtRest();
      happens(random.nextBoolean() ? new PoolEvent.Stop() : new PoolEvent.StopNow());
      for (long serial : Set.copyOf(processes.keySet())) {
        happens(new PoolEvent.Ended(serial, true, "left"));
      }
      assertThat(state.phase()).as("seed %d", seed).isEqualTo(Phase.FINISHED);
    }

    private PoolEvent storm() {
      Long someone = someone();
      return switch (random.nextInt(14)) {
        case 0 -> new PoolEvent.ScaleTo(remember(random.nextInt(8)));
        case 1 -> new PoolEvent.Restart();
        case 2 -> new PoolEvent.Overlap(random.nextInt(3) > 0);
        case 3 -> new PoolEvent.Tick();
        case 4 -> new PoolEvent.Condemn(someone, "too big");
        case 5 ->
            random.nextInt(4) == 0
                ? new PoolEvent.Expel(someone, "far too big")
                : new PoolEvent.Condemn(someone, "too big");
        case 6 ->
            processes.get(someone) == Life.LEAVING
                ? new PoolEvent.RetirementFailed(someone, "busy")
                : new PoolEvent.Tick();
        case 7, 8 -> new PoolEvent.Ended(someone, random.nextBoolean(), "ended");
        case 9 ->
            processes.get(someone) == Life.BOOTING
                ? new PoolEvent.StartFailed(someone, "no memory")
                : new PoolEvent.Tick();
        default -> new PoolEvent.BecameReady(someone);
      };
    }

    /** Everybody boots and goes as ordered; nobody crashes any more. */
    private void calm() {
      for (int i = 0; i < 1_000; i++) {
        boolean quiet = true;
        for (Map.Entry<Long, Life> entry : Map.copyOf(processes).entrySet()) {
          switch (entry.getValue()) {
            case BOOTING -> {
              quiet = false;
              happens(new PoolEvent.BecameReady(entry.getKey()));
            }
            case LEAVING -> {
              quiet = false;
              happens(new PoolEvent.Ended(entry.getKey(), true, "left"));
            }
            case SERVING -> {}
          }
        }
        if (quiet && wakeAt.isEmpty()) {
          return;
        }
        now = Math.max(now + 1, wakeAt.orElse(now));
        happens(new PoolEvent.Tick());
      }
      assertThat(wakeAt).as("seed %d never comes to rest: %s", seed, state).isEmpty();
    }

    private void assertAtRest() {
      assertThat(state.ready()).as("seed %d: %s", seed, state).isEqualTo(state.workers());
      assertThat(state.processes()).as("seed %d: %s", seed, state).isEqualTo(state.workers());
      assertThat(processes).as("seed %d: %s", seed, state).hasSize(state.workers());
      assertThat(state.seats())
          .as("seed %d: %s", seed, state)
          .allMatch(Seat::isFresh)
          .allMatch(seat -> seat.occupant().orElseThrow().generation() == state.newestGeneration());
      assertThat(state.restarting() && state.workers() > 0)
          .as("seed %d: the end of the restart was not told", seed)
          .isFalse();
    }

    private void happens(PoolEvent event) {
      switch (event) {
        case PoolEvent.Ended(long serial, _, _) -> processes.remove(serial);
        case PoolEvent.StartFailed(long serial, _) -> processes.remove(serial);
        case PoolEvent.BecameReady(long serial) ->
            processes.computeIfPresent(
                serial, (_, was) -> was == Life.BOOTING ? Life.SERVING : was);
        case PoolEvent.RetirementFailed(long serial, _) -> processes.put(serial, Life.SERVING);
        default -> {}
      }
      PoolState before = state;
      Step step = PoolMachine.step(state, event, now);
      state = step.state();
      wakeAt = step.wakeAtMillis();
      step.commands().forEach(command -> carryOut(command, before, event));
      check(event);
      checkCapacity(before, event);
    }

    /** The machine itself never takes ready workers below the number asked for. */
    private void checkCapacity(PoolState before, PoolEvent event) {
      if (state.phase() != Phase.SERVING || !state.overlapAllowed()) {
        return;
      }
      long went =
          switch (event) {
            case PoolEvent.Ended(long serial, _, _) -> serial;
            case PoolEvent.Expel(long serial, _) -> serial;
            default -> -1;
          };
      int died =
          before.seats().stream()
                  .anyMatch(seat ->
                      seat instanceof Seat.Ready(Worker worker, _) && worker.serial() == went)
              ? 1
              : 0;
      assertThat(state.ready())
          .as("seed %d after %s: %s", seed, event, state)
          .isGreaterThanOrEqualTo(Math.min(before.ready() - died, state.workers()));
    }

    private void carryOut(PoolCommand command, PoolState before, PoolEvent event) {
      switch (command) {
        case PoolCommand.Start(long serial, int generation) -> {
          assertThat(everStarted.add(serial)).as("seed %d: serial given twice", seed).isTrue();
          assertThat(generation).as("seed %d", seed).isBetween(1, state.newestGeneration());
          processes.put(serial, Life.BOOTING);
        }
        case PoolCommand.Retire(long serial, _) -> {
          Life process = processes.get(serial);
          assertThat(process).as("seed %d: retired who is not there", seed).isNotNull();
          if (process == Life.BOOTING) {
            assertThat(isSlowOrStopped(before, serial))
                .as("seed %d: a newborn was ordered to go at %s", seed, event)
                .isTrue();
          }
          processes.put(serial, Life.LEAVING);
        }
        case PoolCommand.Kill(long serial) ->
            assertThat(processes).as("seed %d", seed).containsKey(serial);
        case PoolCommand.Tell(PoolNote note) -> assertThat(note.text()).isNotBlank();
        case PoolCommand.Finished() ->
            assertThat(processes).as("seed %d: finished with workers", seed).isEmpty();
      }
    }

    private boolean isSlowOrStopped(PoolState before, long serial) {
      return state.phase() != Phase.SERVING
          || before.seats().stream()
              .anyMatch(seat ->
                  seat instanceof Seat.Starting(Worker worker, _, _)
                      && worker.serial() == serial
                      && now - worker.startMillis() >= 30_000);
    }

    private void check(PoolEvent event) {
      Set<Long> known = new HashSet<>();
      state.seats().forEach(seat -> seat.occupant().ifPresent(it -> known.add(it.serial())));
      state.draining().forEach(drain -> known.add(drain.worker().serial()));
      assertThat(known).as("seed %d after %s", seed, event).isEqualTo(processes.keySet());
      if (state.phase() != Phase.SERVING) {
        return;
      }
      long fresh = state.seats().stream().filter(Seat::isFresh).count();
      assertThat(fresh)
          .as("seed %d after %s: %s", seed, event, state)
          .isLessThanOrEqualTo(state.workers());
      // What a smaller number or a shortage had on the way out may still be there.
      assertThat(state.processes() - state.draining().size())
          .as("seed %d after %s: %s", seed, event, state)
          .isLessThanOrEqualTo(mostAskedFor + state.settings().surge() + draining());
      boolean somebodyWaits =
          state.seats().stream()
              .anyMatch(seat -> seat instanceof Seat.Vacant(_, long at) && at > now);
      assertThat(!somebodyWaits || wakeAt.isPresent())
          .as("seed %d after %s: a vacant seat that nothing wakes", seed, event)
          .isTrue();
    }

    /** Retirements that failed give workers back beyond the number. */
    private int draining() {
      return (int)
          state.seats().stream()
              .filter(seat -> seat instanceof Seat.Ready && !seat.isFresh())
              .count();
    }

    private int remember(int workers) {
      mostAskedFor = Math.max(mostAskedFor, workers);
      return workers;
    }

    private Long someone() {
      return processes.isEmpty()
          ? -1L
          : processes.keySet().stream().skip(random.nextInt(processes.size())).findFirst().get();
    }
  }
}
