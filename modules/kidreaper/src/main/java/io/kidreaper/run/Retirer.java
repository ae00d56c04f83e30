package io.kidreaper.run;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.AtAnyMoment;
import io.kidreaper.retire.Deliverer;
import io.kidreaper.retire.Delivery;
import io.kidreaper.retire.Moment;
import io.kidreaper.retire.ProcessRef;
import io.kidreaper.retire.Processes;
import io.kidreaper.retire.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets a managed pool's workers go, each between two of its requests, on one thread.
 *
 * <p>Several may be on their way out at once (a smaller pool, a stop). Then each is tried for a
 * short while in turn, so that one with a long request does not keep the others. A worker that has
 * its signal and does not leave within the grace is ended with SIGKILL, at its boundary too.
 */
final class Retirer implements LinuxWorkers.Retirement, AutoCloseable {
  private static final Duration TURN = Duration.ofMillis(250);
  private static final Duration LONGEST_TURN = Duration.ofSeconds(2);
  private static final long STEP_MILLIS = 20;

  /** How long the last worker of a pool that stops goes on to serve those who wait. */
  private static final Duration DRAIN = Duration.ofSeconds(5);

  /**
   * How workers are asked to go.
   *
   * @param signal the first one; KILL may come after it
   * @param patience how long a worker may take to come to its boundary before it is left in peace
   * @param grace how long it may take to leave after its signal before it is killed there
   */
  record Manner(Signal signal, Duration patience, Duration grace) {}

  /** Hears what becomes of each. */
  interface Listener {
    /** It has its signal, between two requests unless the moment says otherwise. */
    void signalled(ProcessId worker, String reason, Moment moment);

    /** It did not leave on its signal and was killed, at its boundary or without any connection. */
    void killed(ProcessId worker, String reason, Moment moment);

    /** It has ended. */
    void left(ProcessId worker, String reason, long sinceSignalMillis);

    /** It has its signal, holds a connection and does not leave; told once. */
    void stuck(ProcessId worker, int connections);
  }

  private static final class Job {
    final ProcessId worker;
    final ProcessRef process;
    final String reason;
    final Consumer<String> gaveUp;
    final long askedNanos = System.nanoTime();
    Optional<Long> signalledNanos = Optional.empty();
    Optional<Long> killedNanos = Optional.empty();
    boolean toldStuck;
    long notBeforeNanos = System.nanoTime();

    Job(ProcessRef process, String reason, Consumer<String> gaveUp) {
      this.worker = process.id();
      this.process = process;
      this.reason = reason;
      this.gaveUp = gaveUp;
    }
  }

  private final Processes processes;
  private final Deliverer deliverer;
  private final AtAnyMoment plain;
  private final Listener listener;
  private final Manner manner;
  private final BooleanSupplier someoneWaits;
  private final BlockingQueue<Job> arrived = new LinkedBlockingQueue<>();
  private final Deque<Job> jobs = new ArrayDeque<>();
  private final Thread thread;
  private volatile boolean stopping;
  private volatile boolean closing;

  /**
   * @param someoneWaits whether a connection waits to be accepted
   */
  Retirer(
      Processes processes,
      Deliverer deliverer,
      AtAnyMoment plain,
      Listener listener,
      Manner manner,
      BooleanSupplier someoneWaits) {
    this.processes = processes;
    this.deliverer = deliverer;
    this.plain = plain;
    this.listener = listener;
    this.manner = manner;
    this.someoneWaits = someoneWaits;
    this.thread = Thread.ofPlatform().name("kidreaper-retirer").daemon().start(this::run);
  }

  @Override
  public void begin(long serial, ProcessId worker, String reason, Consumer<String> gaveUp) {
    switch (processes.open(worker)) {
      case Processes.Opened.Gone _ -> {} // its end is told by whoever watches it
      case Processes.Opened.Refused(String why) -> gaveUp.accept(why);
      case Processes.Opened.Here(ProcessRef process) ->
          arrived.add(new Job(process, reason, gaveUp));
    }
  }

  /**
   * From now on nobody is given up: the pool stops, and each worker must go at its next boundary.
   */
  void stopping() {
    stopping = true;
  }

  /** Lets go of whoever is held and tries no more. Workers that have no signal yet serve on. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!closing) {
        take();
        Job job = jobs.poll();
        if (job != null && turn(job)) {
          jobs.addLast(job);
        } else if (job != null) {
          job.process.close();
        }
      }
    } catch (InterruptedException e) {
      // The wish to end, and nobody else's.
      Thread.currentThread().interrupt();
    }
    jobs.forEach(job -> job.process.close());
    arrived.forEach(job -> job.process.close());
  }

  /** All that have arrived; waits for one while there is nothing to do. */
  private void take() throws InterruptedException {
    if (jobs.isEmpty()) {
      jobs.add(arrived.take());
    } else if (jobs.stream().allMatch(job -> job.notBeforeNanos > System.nanoTime())) {
      @Nullable Job job = arrived.poll(STEP_MILLIS, TimeUnit.MILLISECONDS);
      if (job != null) {
        jobs.addFirst(job);
      }
    }
    arrived.drainTo(jobs);
  }

  /** One try of one worker; false when there is nothing more to do about it. */
  private boolean turn(Job job) {
    if (job.process.ended(Duration.ZERO)) {
      job.signalledNanos.ifPresent(
          since -> listener.left(job.worker, job.reason, millisSince(since)));
      return false;
    }
    if (System.nanoTime() < job.notBeforeNanos) {
      return true;
    }
    if (job.signalledNanos.isEmpty()) {
      if (stopping && isLast() && someoneWaits.getAsBoolean() && stillDrains(job)) {
        pause(job);
        return true;
      }
      return ask(job);
    }
    if (millisSince(job.signalledNanos.get()) >= manner.grace().toMillis()
        && job.killedNanos.isEmpty()) {
      return kill(job);
    }
    pause(job);
    return true;
  }

  /** Whether nobody else can accept who waits. */
  private boolean isLast() {
    return arrived.isEmpty() && jobs.stream().allMatch(job -> job.signalledNanos.isPresent());
  }

  /** On TCP new ones may come for ever, so there is an end to it. */
  private static boolean stillDrains(Job job) {
    return millisSince(job.askedNanos) < DRAIN.toMillis();
  }

  private boolean ask(Job job) {
    Delivery delivery = deliverer.deliver(job.process, manner.signal(), turnOf(job), () -> closing);
    if (stopping && delivery instanceof Delivery.NotPermitted) {
      // The pool is to end, and no better moment can be had here.
      delivery = plain.deliver(job.process, manner.signal(), turnOf(job), () -> closing);
    }
    return switch (delivery) {
      case Delivery.Delivered(Moment moment) -> {
        job.signalledNanos = Optional.of(System.nanoTime());
        listener.signalled(job.worker, job.reason, moment);
        pause(job);
        yield true;
      }
      case Delivery.Gone() -> false;
      case Delivery.Cancelled() -> true;
      case Delivery.Busy(int connections, long _) ->
          again(
              job,
              connections == 0
                  ? "it came to no wait for a request"
                  : "it holds " + connections + " connections without end");
      case Delivery.NotNow(String reason) -> {
        pause(job);
        yield again(job, reason);
      }
      case Delivery.NotPermitted(String reason) -> {
        job.gaveUp.accept(reason);
        yield false;
      }
    };
  }

  /** Whether it is tried again; gives it up where its patience is over. */
  private boolean again(Job job, String why) {
    if (stopping || millisSince(job.askedNanos) < manner.patience().toMillis()) {
      return true;
    }
    job.gaveUp.accept(why);
    return false;
  }

  /** At its boundary; where it comes to none, it may be killed while it holds no connection. */
  private boolean kill(Job job) {
    Delivery delivery = deliverer.deliver(job.process, Signal.KILL, turnOf(job), () -> closing);
    if (delivery instanceof Delivery.Busy(int connections, long _)) {
      if (connections > 0) {
        if (!job.toldStuck) {
          job.toldStuck = true;
          listener.stuck(job.worker, connections);
        }
        return true;
      }
      delivery = deliverer.deliverWithoutConnection(job.process, Signal.KILL, TURN, () -> closing);
    }
    return switch (delivery) {
      case Delivery.Delivered(Moment moment) -> {
        job.killedNanos = Optional.of(System.nanoTime());
        listener.killed(job.worker, job.reason, moment);
        pause(job);
        yield true;
      }
      case Delivery.Gone() -> false;
      case Delivery.Cancelled(), Delivery.Busy(int _, long _), Delivery.NotNow(String _) -> {
        pause(job);
        yield true;
      }
      case Delivery.NotPermitted(String reason) -> {
        job.gaveUp.accept(reason);
        yield false;
      }
    };
  }

  /** All of its patience where it is alone, a short turn where others wait. */
  private Duration turnOf(Job job) {
    if (jobs.isEmpty() && arrived.isEmpty()) {
      long left = manner.patience().toMillis() - millisSince(job.askedNanos);
      return Duration.ofMillis(Math.clamp(left, TURN.toMillis(), LONGEST_TURN.toMillis()));
    }
    return TURN;
  }

  private static void pause(Job job) {
    job.notBeforeNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STEP_MILLIS);
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
