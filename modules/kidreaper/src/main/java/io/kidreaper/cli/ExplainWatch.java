package io.kidreaper.cli;

import io.kidreaper.explain.Point;
import io.kidreaper.linux.WorkerLook;
import io.kidreaper.linux.WorkerLook.Result;
import io.kidreaper.linux.process.AcceptCounter;
import io.kidreaper.memory.Composition;
import io.kidreaper.memory.Footing;
import io.kidreaper.memory.Rollup;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * Watches workers by cheap readings between two full ones, within the CPU share that a running
 * watch has: one hundredth of one CPU, and what half a minute of that saves up.
 */
final class ExplainWatch implements AutoCloseable {
  private static final double CPU_SHARE = 0.01;
  private static final long SAVED_NANOS = Duration.ofMillis(300).toNanos();
  private static final int MOST_POINTS = 200;
  private static final int MOST_WORKERS = 32;
  private static final Duration LONGEST_NAP = Duration.ofMillis(200);

  private final WorkerLook look;
  private final Time time;
  private final List<Watched> workers = new ArrayList<>();
  private Optional<String> counting = Optional.empty();
  private long spentNanos;

  ExplainWatch(WorkerLook look, Time time) {
    this.look = look;
    this.time = time;
  }

  /** One worker under watch. */
  static final class Watched {
    private final ProcessId id;
    private final Result.Seen<Composition> firstLook;
    private final Footing first;
    private final Optional<AcceptCounter> counter;
    private final List<Point> points = new ArrayList<>();
    private boolean gone;

    Watched(
        ProcessId id,
        Result.Seen<Composition> firstLook,
        long atNanos,
        Optional<AcceptCounter> counter) {
      this.id = id;
      this.firstLook = firstLook;
      this.first = Footing.of(firstLook.memory(), firstLook.minorFaults(), atNanos);
      this.counter = counter;
    }

    ProcessId id() {
      return id;
    }

    Footing first() {
      return first;
    }

    /** The same with each kind of mapping: where nobody waits, it is all that is read. */
    Result.Seen<Composition> firstLook() {
      return firstLook;
    }

    List<Point> points() {
      return points;
    }

    OptionalLong requests() {
      return counter.map(AcceptCounter::accepted).orElse(OptionalLong.empty());
    }

    private long grownBytes() {
      return points.isEmpty() ? 0 : points.getLast().privateBytes() - first.privateBytes();
    }
  }

  /** Takes the first, full reading; a worker that cannot be read is left out, and told why. */
  Optional<String> begin(ProcessId id) {
    if (workers.size() >= MOST_WORKERS) {
      return Optional.of("more than " + MOST_WORKERS + " workers are not watched at once");
    }
    return switch (look.composition(id)) {
      case Result.Vanished<Composition>() -> Optional.of("has ended");
      case Result.Unreadable<Composition>(String reason) -> Optional.of(reason);
      case Result.Seen<Composition> seen -> {
        spentNanos += seen.nanos();
        Watched watched = new Watched(id, seen, time.nanos(), counter(id));
        watched.points.add(
            new Point(watched.first.atNanos(), watched.requests(), watched.first.privateBytes()));
        workers.add(watched);
        yield Optional.empty();
      }
    };
  }

  private Optional<AcceptCounter> counter(ProcessId id) {
    return switch (AcceptCounter.open(id.pid(), AcceptCounter.TRACEFS)) {
      case AcceptCounter.Opened.Counting(AcceptCounter opened) -> Optional.of(opened);
      case AcceptCounter.Opened.Refused(String reason) -> {
        counting = Optional.of(reason);
        yield Optional.empty();
      }
    };
  }

  /** Watches so long, or until asked to stop, or nobody is left. */
  void watch(Duration duration, BooleanSupplier stop) {
    long start = time.nanos();
    long apart = Math.max(duration.toNanos() / MOST_POINTS, Duration.ofMillis(20).toNanos());
    long next = start + apart;
    while (time.nanos() - start < duration.toNanos()
        && !stop.getAsBoolean()
        && workers.stream().anyMatch(watched -> !watched.gone)) {
      long now = time.nanos();
      if (now < next || spentNanos > SAVED_NANOS + (now - start) * CPU_SHARE) {
        long nap = Math.max(next - now, Duration.ofMillis(5).toNanos());
        long left = Math.max(1, duration.toNanos() - (now - start));
        time.sleep(Duration.ofNanos(Math.min(Math.min(nap, left), LONGEST_NAP.toNanos())));
        continue;
      }
      workers.forEach(this::read);
      next = time.nanos() + apart;
    }
  }

  private void read(Watched watched) {
    if (watched.gone) {
      return;
    }
    // The count first: growth of a request that is under way must not be told of fewer requests.
    OptionalLong requests = watched.requests();
    switch (look.sums(watched.id)) {
      case Result.Seen<Rollup>(Rollup memory, long _, long nanos) -> {
        spentNanos += nanos;
        watched.points.add(new Point(time.nanos(), requests, memory.privateBytes()));
      }
      case Result.Vanished<Rollup>() -> watched.gone = true;
      case Result.Unreadable<Rollup> _ -> watched.gone = true;
    }
  }

  /** The one that grew most so far, the largest among equals; only those still there. */
  Optional<Watched> fastest() {
    return workers.stream()
        .filter(watched -> !watched.gone)
        .max(
            Comparator.comparingLong(Watched::grownBytes)
                .thenComparingLong(watched -> watched.first.privateBytes()));
  }

  /** Why requests are not counted; empty where they are. */
  Optional<String> counting() {
    return counting;
  }

  @Override
  public void close() {
    workers.forEach(watched -> watched.counter.ifPresent(AcceptCounter::close));
  }
}
