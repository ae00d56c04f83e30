package io.kidreaper.watch;

import io.kidreaper.metrics.Family;
import io.kidreaper.metrics.Labels;
import io.kidreaper.pool.Occupation;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What is published of pools as figures; docs/METRICS.md lists them. A figure that was not read has
 * no series, and workers are told by their slot, so that series stay as many as workers were at
 * once.
 */
public final class WatchMetrics {
  private static final double MILLIS = 1_000;
  private static final double NANOS = 1e9;

  /** What a look at another's worker can tell. */
  private static final List<Occupation> SEEN =
      List.of(Occupation.IDLE, Occupation.BUSY, Occupation.UNKNOWN);

  /**
   * A pool, and what its figures are told by.
   *
   * @param workers of each of its workers, in their order
   */
  private record Shown(PoolView pool, Labels labels, List<Labels> workers) {
    static Shown of(PoolView pool) {
      Labels labels = Labels.of("pool", pool.name());
      return new Shown(
          pool,
          labels,
          pool.workers().stream()
              .map(worker -> labels.and("slot", Integer.toString(worker.slot())))
              .toList());
    }
  }

  private final List<Shown> pools;

  private WatchMetrics(List<PoolView> pools) {
    this.pools = pools.stream().map(Shown::of).toList();
  }

  /** All of it, as it was at each pool's last turn; each family is made when it is come to. */
  public static Stream<Family> of(List<PoolView> pools) {
    WatchMetrics metrics = new WatchMetrics(pools);
    return Stream.<Supplier<Stream<Family>>>of(
            metrics::states, metrics::counts, metrics::memory, metrics::retirements, metrics::cost)
        .flatMap(Supplier::get);
  }

  private static Stream<Family> each(List<Supplier<Family>> families) {
    return families.stream().map(Supplier::get);
  }

  private Stream<Family> states() {
    return each(
        List.of(
            this::state,
            () ->
                gauge(
                    "kidreaper_pool_limit_bytes",
                    "bytes",
                    "What one worker may cost",
                    pool ->
                        pool.limits().limit().map(it -> OptionalLong.of(it.bytes())).orElse(NONE)),
            () ->
                gauge(
                    "kidreaper_pool_budget_bytes",
                    "bytes",
                    "What the whole pool may cost",
                    pool -> pool.limits().budgetBytes())));
  }

  private Family state() {
    Family.Builder states =
        new Family.Builder(
            "kidreaper_pool_state",
            Family.Type.GAUGE,
            "",
            "1 for the state that the pool is in, else 0");
    for (Shown shown : pools) {
      for (PoolView.State state : PoolView.State.values()) {
        states.add(
            shown.labels().and("state", state.word()), shown.pool().state() == state ? 1 : 0);
      }
    }
    return states.build();
  }

  private static final OptionalLong NONE = OptionalLong.empty();

  private Stream<Family> counts() {
    return each(
        List.of(
            () ->
                gauge(
                    "kidreaper_pool_workers",
                    "",
                    "Workers that are there",
                    pool ->
                        pool.manager().isPresent() ? OptionalLong.of(pool.workers().size()) : NONE),
            () ->
                gauge(
                    "kidreaper_pool_leaving_workers",
                    "",
                    "Workers that are to go and have not gone",
                    pool ->
                        pool.manager().isPresent()
                            ? OptionalLong.of(
                                pool.workers().stream()
                                    .filter(it -> it.leaving().isPresent())
                                    .count())
                            : NONE),
            this::seen));
  }

  private Family seen() {
    Family.Builder seen =
        new Family.Builder(
            "kidreaper_pool_seen_workers",
            Family.Type.GAUGE,
            "",
            "Workers by what they were at when they were last looked at: idle is ready for a request");
    for (Shown shown : pools) {
      PoolView pool = shown.pool();
      if (pool.manager().isPresent()) {
        for (Occupation occupation : SEEN) {
          seen.add(
              shown
                  .labels()
                  .and("occupation", occupation.name().toLowerCase(java.util.Locale.ROOT)),
              pool.workers().stream().filter(it -> it.occupation() == occupation).count());
        }
      }
    }
    return seen.build();
  }

  private Stream<Family> memory() {
    return each(
        List.of(
            () ->
                worker(
                    "private_bytes",
                    "bytes",
                    "What its exit gives back",
                    PoolView.Worker::privateBytes),
            () ->
                worker(
                    "pss_bytes",
                    "bytes",
                    "Its share of the pool's memory",
                    PoolView.Worker::pssBytes),
            () ->
                worker(
                    "shared_bytes", "bytes", "What it has in common", PoolView.Worker::sharedBytes),
            () -> worker("rss_bytes", "bytes", "What of it is in RAM", PoolView.Worker::rssBytes),
            this::age,
            () ->
                worker(
                    "seen_requests",
                    "",
                    "Connections that the present worker of the slot has accepted since it was found",
                    PoolView.Worker::requests)));
  }

  private Family age() {
    Family.Builder age =
        new Family.Builder(
            "kidreaper_worker_age_seconds",
            Family.Type.GAUGE,
            "seconds",
            "Since the worker's start");
    workers((labels, worker) ->
        worker.ageMillis().ifPresent(millis -> age.add(labels, millis / MILLIS)));
    return age.build();
  }

  private Stream<Family> retirements() {
    Family.Builder decided =
        new Family.Builder(
            "kidreaper_decisions", Family.Type.COUNTER, "", "Workers that were to go, by reason");
    Family.Builder outcomes =
        new Family.Builder(
            "kidreaper_retirements",
            Family.Type.COUNTER,
            "",
            "Retirements that are over, by reason and by what they came to");
    Family.Builder cut =
        new Family.Builder(
            "kidreaper_requests_cut",
            Family.Type.COUNTER,
            "",
            "Requests that kidreaper cut; not told once a signal came at an unsafe moment");
    Family.Builder unsafe =
        new Family.Builder(
            "kidreaper_unsafe_signals",
            Family.Type.COUNTER,
            "",
            "Signals at a moment at which a request may have been cut");
    Family.Builder drains =
        new Family.Builder(
            "kidreaper_drain_seconds",
            Family.Type.HISTOGRAM,
            "seconds",
            "From a worker's signal to its end");
    List<Double> bounds = Tally.BOUNDS_MILLIS.stream().map(millis -> millis / MILLIS).toList();
    for (Shown shown : pools) {
      PoolView pool = shown.pool();
      Labels labels = shown.labels();
      pool.decided().forEach((reason, count) -> decided.add(labels.and("reason", reason), count));
      pool.tally()
          .outcomes()
          .forEach((reason, counts) ->
              counts.forEach((outcome, count) ->
                  outcomes.add(labels.and("reason", reason).and("outcome", outcome), count)));
      if (pool.tally().unsafeSignals() == 0) {
        cut.add(labels, 0);
      }
      unsafe.add(labels, pool.tally().unsafeSignals());
      drains.histogram(labels, bounds, pool.tally().drains(), pool.tally().drainMillis() / MILLIS);
    }
    return Stream.of(decided, outcomes, cut, unsafe, drains).map(Family.Builder::build);
  }

  private Stream<Family> cost() {
    return each(
        List.of(
            () -> counter("kidreaper_readings", "", "Readings of the pool", PoolView::readings),
            () ->
                counter(
                    "kidreaper_readings_cpu_seconds",
                    "seconds",
                    "CPU time that readings of the pool took",
                    pool -> pool.readingNanos() / NANOS),
            () ->
                gauge(
                    "kidreaper_readings_stretched",
                    "",
                    "1 while readings come more seldom than asked for, to keep within the CPU budget",
                    pool -> OptionalLong.of(pool.stretched() ? 1 : 0))));
  }

  private Family gauge(
      String name, String unit, String help, Function<PoolView, OptionalLong> figure) {
    Family.Builder gauge = new Family.Builder(name, Family.Type.GAUGE, unit, help);
    for (Shown shown : pools) {
      figure.apply(shown.pool()).ifPresent(value -> gauge.add(shown.labels(), value));
    }
    return gauge.build();
  }

  private Family counter(String name, String unit, String help, ToDoubleFunction<PoolView> figure) {
    Family.Builder counter = new Family.Builder(name, Family.Type.COUNTER, unit, help);
    pools.forEach(shown -> counter.add(shown.labels(), figure.applyAsDouble(shown.pool())));
    return counter.build();
  }

  private Family worker(
      String name, String unit, String help, Function<PoolView.Worker, OptionalLong> figure) {
    Family.Builder gauge =
        new Family.Builder("kidreaper_worker_" + name, Family.Type.GAUGE, unit, help);
    workers((labels, worker) -> figure.apply(worker).ifPresent(value -> gauge.add(labels, value)));
    return gauge.build();
  }

  private void workers(BiConsumer<Labels, PoolView.Worker> use) {
    for (Shown shown : pools) {
      List<PoolView.Worker> workers = shown.pool().workers();
      for (int i = 0; i < workers.size(); i++) {
        use.accept(shown.workers().get(i), workers.get(i));
      }
    }
  }
}
