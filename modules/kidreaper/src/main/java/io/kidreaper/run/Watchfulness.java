package io.kidreaper.run;

import io.kidreaper.linux.process.OrphanReaper;
import io.kidreaper.linux.socket.SdNotify;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What kidreaper's main thread does while its pool runs: answers the supervisor's watchdog, as pid
 * 1 collects the dead, and sees that a stop comes to its end.
 */
public final class Watchfulness {
  private static final long TURN_MILLIS = 500;

  /** Nobody waits for a turn, and a stop that is asked for meanwhile is at most so much late. */
  private static final long CALM_TURN_MILLIS = 2_000;

  private static final long SUCCESSOR_SECONDS = 10;
  private static final long GIVE_UP_MILLIS = 5_000;

  /** timeout(1) and other tools send one TERM twice, and mean no more by it. */
  private static final long ONE_AND_THE_SAME_MILLIS = 300;

  private final PoolService service;
  private final SdNotify supervisor;
  private final Duration stopTimeout;
  private final long turnMillis;
  private final long calmTurnMillis;
  private final Optional<OrphanReaper> orphans;
  private volatile OptionalLong stopSinceNanos = OptionalLong.empty();
  private final CountDownLatch toldSuccessor = new CountDownLatch(1);
  private boolean cut;

  /**
   * @param environment kidreaper's own, which says whether a watchdog waits for us
   */
  public Watchfulness(
      PoolService service,
      SdNotify supervisor,
      Map<String, String> environment,
      Duration stopTimeout) {
    this.service = service;
    this.supervisor = supervisor;
    this.stopTimeout = stopTimeout;
    OptionalLong watchdog = SdNotify.watchdogMicros(environment, ProcessHandle.current().pid());
    this.turnMillis =
        watchdog.isPresent()
            ? Math.clamp(watchdog.getAsLong() / 2_000, 1, TURN_MILLIS)
            : TURN_MILLIS;
    this.calmTurnMillis =
        watchdog.isPresent()
            ? turnMillis
            : Math.clamp(stopTimeout.toMillis(), TURN_MILLIS, CALM_TURN_MILLIS);
    this.orphans =
        OrphanReaper.isNeeded()
            ? Optional.of(new OrphanReaper(service::isWatched))
            : Optional.empty();
  }

  /** The pool is to end: the first time with all requests, the second time at once. */
  public synchronized void stop() {
    OptionalLong since = stopSinceNanos;
    if (since.isPresent()) {
      if (millisSince(since.getAsLong()) >= ONE_AND_THE_SAME_MILLIS) {
        service.stopNow();
      }
      return;
    }
    stopSinceNanos = OptionalLong.of(System.nanoTime());
    SdNotify.Sent _ = supervisor.stopping("workers leave after the requests they are at");
    service.stop();
  }

  /** The pool could not be brought up: who serves already may finish, but not for long. */
  public synchronized void giveUp() {
    long allowanceMillis = Math.min(GIVE_UP_MILLIS, stopTimeout.toMillis());
    long elapsedMillis = stopTimeout.toMillis() - allowanceMillis;
    stopSinceNanos =
        OptionalLong.of(System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(elapsedMillis));
    service.stop();
  }

  /** The pool is to end at once. */
  public synchronized void stopNow() {
    if (stopSinceNanos.isEmpty()) {
      stopSinceNanos = OptionalLong.of(System.nanoTime());
    }
    service.stopNow();
  }

  /** The pool is another kidreaper's, and has been told so. */
  void handedOver() {
    toldSuccessor.countDown();
  }

  /** Whether the pool ends because somebody wants it to. */
  public boolean stopWasAsked() {
    return stopSinceNanos.isPresent();
  }

  /**
   * Waits until all workers have been ready once.
   *
   * @return why they will not be
   */
  public Optional<String> awaitReady() throws InterruptedException {
    Optional<PoolService.Start> start = service.awaitStart(turnMillis);
    while (start.isEmpty()) {
      if (service.awaitFinished(0)) {
        return Optional.of("it was stopped before its workers were ready");
      }
      turn();
      start = service.awaitStart(turnMillis);
    }
    return switch (start.get()) {
      case PoolService.Start.Ready() -> Optional.empty();
      case PoolService.Start.Failed(String reason) -> Optional.of(reason);
    };
  }

  /** Waits until the pool has stopped and its last worker is gone, or is another kidreaper's. */
  public void awaitEnd() throws InterruptedException {
    while (!service.awaitFinished(stopWasAsked() ? turnMillis : calmTurnMillis)) {
      turn();
    }
    if (service.isHandedOver()) {
      // Ended before the answer is out, we would seem to have died at it.
      boolean _ = toldSuccessor.await(SUCCESSOR_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void turn() {
    orphans.ifPresent(OrphanReaper::look);
    if (service.isAlive()) {
      SdNotify.Sent _ = supervisor.watchdog();
    }
    OptionalLong since = stopSinceNanos;
    if (!cut && since.isPresent() && millisSince(since.getAsLong()) >= stopTimeout.toMillis()) {
      cut = true;
      service.say("the stop has taken its " + stopTimeout.toSeconds() + " s");
      service.stopNow();
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
