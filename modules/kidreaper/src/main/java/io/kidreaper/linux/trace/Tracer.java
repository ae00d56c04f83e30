package io.kidreaper.linux.trace;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.pool.ProcessId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Holds workers between two requests, one at a time, from one platform thread of its own.
 *
 * <p>ptrace belongs to a thread: only the one that seized a process may direct it, and when it ends
 * the kernel lets the process run on untraced. That is also the last resort here: a worker that
 * cannot be stopped any more (uninterruptible sleep) cannot be detached by a call, so the thread
 * ends, and another takes over its requests. For the same reason the end of kidreaper at any moment
 * leaves no worker stopped.
 *
 * <p>Safe to use from any thread; requests wait for each other. Whoever needs two workers held at
 * the same time makes two tracers.
 *
 * <p>A worker that is a child of this JVM may be traced, but must not be waited for by {@code
 * waitpid} while it is (as {@link ProcessBuilder} does from a thread of its own): such a wait gets
 * the worker's stops as if they were its end. Wait on its pidfd first.
 */
public final class Tracer implements AutoCloseable {
  private static final int HIGHEST_SIGNAL = 64;
  private static final long ALARM_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long THREAD_END_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** What a session works with. */
  record Equipment(
      PtraceCalls calls,
      Libc libc,
      Architecture architecture,
      Proc proc,
      Settings settings,
      Observer observer) {}

  /** One request: run on the thread, answered when the worker is free. */
  private static final class Job<T> {
    private final Session session;
    private final Function<? super Standing, T> action;
    private final CompletableFuture<Held<T>> answer = new CompletableFuture<>();
    private Runnable completion = () -> {};

    Job(Session session, Function<? super Standing, T> action) {
      this.session = session;
      this.action = action;
    }

    /** Whether the thread must end before the answer may be given. */
    boolean run() {
      try {
        Held<T> held = session.run(action);
        completion = () -> answer.complete(held);
      } catch (RuntimeException | Error e) {
        completion = () -> answer.completeExceptionally(e);
      }
      return session.mustEndThread();
    }
  }

  private final Equipment equipment;

  /** An empty one is the wish to stop. */
  private final BlockingQueue<Optional<Job<?>>> jobs = new LinkedBlockingQueue<>();

  private boolean closed;

  /** A tracer for this machine. */
  public static Tracer start() {
    return start(Settings.DEFAULT);
  }

  /** A tracer for this machine that goes about it in a certain way. */
  public static Tracer start(Settings settings) {
    return start(settings, Observer.NONE);
  }

  static Tracer start(Settings settings, Observer observer) {
    Tracer tracer =
        new Tracer(
            new Equipment(
                new NativePtraceCalls(),
                new NativeLibc(),
                Architecture.ofThisMachine(),
                Proc.REAL,
                settings,
                observer));
    tracer.startThread(() -> {});
    return tracer;
  }

  private Tracer(Equipment equipment) {
    this.equipment = equipment;
  }

  /**
   * Sends a signal to a worker while it stands between two requests.
   *
   * @param signal as in {@code signal(7)}
   * @param patience how long it may take to come to its boundary
   */
  public Delivery deliver(ProcessId target, int signal, Duration patience) {
    return deliver(target, signal, patience, Cancel.NEVER);
  }

  /** As {@link #deliver(ProcessId, int, Duration)}, until cancelled. */
  public Delivery deliver(ProcessId target, int signal, Duration patience, Cancel cancel) {
    return deliver(target, signal, patience, cancel, Goal.BOUNDARY);
  }

  /**
   * Sends a signal to a worker that comes to no boundary, as one does that spins: while it is held
   * and holds no accepted connection, whatever it is doing.
   */
  public Delivery deliverWithoutConnection(
      ProcessId target, int signal, Duration patience, Cancel cancel) {
    return deliver(target, signal, patience, cancel, Goal.NO_CONNECTION);
  }

  private Delivery deliver(
      ProcessId target, int signal, Duration patience, Cancel cancel, Goal goal) {
    if (signal < 1 || signal > HIGHEST_SIGNAL) {
      throw new IllegalArgumentException("not a signal: " + signal);
    }
    return switch (held(target, patience, cancel, goal, worker -> worker.signal(signal))) {
      case Held.Not<Integer>(NotReached why) -> why;
      case Held.Done<Integer>(Integer result, Boundary boundary) ->
          switch (result) {
            case 0 -> new Delivered(boundary);
            case -Errno.ESRCH -> new NotReached.Vanished();
            default ->
                new NotReached.NotPermitted(-result, "the signal " + signal + " could not be sent");
          };
    };
  }

  /**
   * Holds a worker at its boundary, runs an action there, and lets it go.
   *
   * @param patience how long it may take to come to its boundary
   * @param action runs on the tracer's thread; the worker stands still meanwhile, so it should be
   *     short
   */
  public <T> Held<T> atBoundary(
      ProcessId target, Duration patience, Cancel cancel, Function<HeldWorker, T> action) {
    return held(target, patience, cancel, Goal.BOUNDARY, action);
  }

  /**
   * Follows a worker of one thread from its next boundary on, request by request.
   *
   * @param patience how long it may take to come to its first boundary
   * @param most how long it is followed from then on, at most
   * @param listener called on the tracer's thread while the worker stands still
   */
  public Held<FollowEnd> follow(
      ProcessId target, Duration patience, Duration most, Cancel cancel, VisitListener listener) {
    return held(
        target,
        patience,
        cancel,
        Goal.BOUNDARY,
        worker ->
            worker.follow(
                listener, equipment.architecture(), System.nanoTime() + most.toNanos(), cancel));
  }

  private <T> Held<T> held(
      ProcessId target,
      Duration patience,
      Cancel cancel,
      Goal goal,
      Function<? super Standing, T> action) {
    long requestedNanos = System.nanoTime();
    Job<T> job =
        new Job<>(new Session(equipment, target, patience, cancel, goal, requestedNanos), action);
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the tracer is closed");
      }
      jobs.add(Optional.of(job));
    }
    return job.answer.join();
  }

  /** Takes no more requests, and ends the thread after those made so far. */
  @Override
  public synchronized void close() {
    closed = true;
    jobs.add(Optional.empty());
  }

  private void startThread(Runnable first) {
    Thread.ofPlatform().name("kidreaper-tracer").daemon().start(() -> work(first));
  }

  private void work(Runnable first) {
    first.run();
    try (Alarm alarm = new Alarm(equipment.architecture())) {
      while (true) {
        Optional<Job<?>> next = jobs.take();
        if (next.isEmpty()) {
          return;
        }
        Job<?> job = next.get();
        alarm.every(ALARM_NANOS);
        boolean end = job.run();
        alarm.every(0);
        if (end) {
          int ending = alarm.threadId();
          startThread(() -> {
            awaitEndOf(ending);
            job.completion.run();
          });
          return;
        }
        job.completion.run();
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but a JVM that is going down.
      Thread.currentThread().interrupt();
    } catch (TracingFailure e) {
      failAll(e);
    }
  }

  /** Without its alarm a tracer cannot keep its patience, so it does not begin. */
  private synchronized void failAll(TracingFailure failure) {
    closed = true;
    for (Optional<Job<?>> job; (job = jobs.poll()) != null; ) {
      job.ifPresent(waiting -> waiting.answer.completeExceptionally(failure));
    }
  }

  /** The kernel frees a thread's tracees before the thread leaves this directory. */
  private static void awaitEndOf(int threadId) {
    Path thread = Path.of("/proc/self/task", Integer.toString(threadId));
    long until = System.nanoTime() + THREAD_END_NANOS;
    while (Files.exists(thread) && System.nanoTime() < until) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }
}
