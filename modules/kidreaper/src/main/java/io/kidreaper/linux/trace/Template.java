package io.kidreaper.linux.trace;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.trace.TemplateFollower.Arrival;
import io.kidreaper.linux.trace.TemplateObserver.Step;
import io.kidreaper.pool.ProcessId;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A program that was started once and is held where it is about to wait for its first connection,
 * so that workers can be forked from it there, in a moment and sharing its memory. It never serves.
 *
 * <p>It is held, for hours if need be, by a thread of its own, since ptrace belongs to a thread.
 * When that thread ends, with kidreaper or before, the kernel lets the program run on: it becomes
 * one more worker. At no moment is it, or a worker being forked, in a state from which it would not
 * find to its wait call by itself ({@link Injectable}).
 *
 * <p>Safe from any thread; answers come on the template's own, which must not be kept.
 */
public final class Template implements AutoCloseable {
  /** Opens our end of a pipe of another process. */
  @FunctionalInterface
  public interface PipeOpener {
    /**
     * @param fd the read end there
     * @return our descriptor or the negated errno
     */
    int open(int pid, int fd);
  }

  /**
   * What is to be held.
   *
   * @param process just started, and a child of this process that nobody reaps meanwhile
   * @param listeners the pool's sockets as {@code /proc/PID/fd} shows them: {@code socket:[4711]}
   * @param output the pipe that it was given as standard output: {@code pipe:[4711]}
   * @param error the same for its standard error
   * @param deathSignal what each worker gets when the thread that started the template ends
   * @param patience how long it may take to come to its first wait for a connection
   */
  public record Request(
      ProcessId process,
      Set<String> listeners,
      String output,
      String error,
      OptionalInt deathSignal,
      Duration patience) {
    public Request {
      listeners = Set.copyOf(listeners);
    }
  }

  /** What came of the start. */
  public sealed interface Booted {
    /**
     * It stands, and workers can be forked.
     *
     * @param millis from the request on
     */
    record Standing(long millis) implements Booted {}

    /** It does not, and is being ended. */
    record Refused(NotForkable why) implements Booted {}
  }

  /** One wish; the end is an empty one. */
  private record Wish(BooleanSupplier stillWanted, Consumer<Forked> answer, long sinceNanos) {}

  private static final long ALARM_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final Duration HOMECOMING = Duration.ofSeconds(5);
  private static final long JOIN_MILLIS = 5_000;

  private final TemplateEquipment equipment;
  private final Request request;
  private final BlockingQueue<Optional<Wish>> wishes = new LinkedBlockingQueue<>();
  private final Thread thread;
  private final Runnable seized;
  private volatile boolean closed;

  /**
   * Begins to hold a program.
   *
   * @param seized called when it is traced, and in any case: the gate at which it waits until then.
   *     Without one it may be faster and serve a request or two before it is held
   */
  public static Template hold(
      Request request, PipeOpener opener, Runnable seized, Consumer<Booted> booted) {
    return hold(request, opener, seized, booted, TemplateObserver.NONE);
  }

  static Template hold(
      Request request,
      PipeOpener opener,
      Runnable seized,
      Consumer<Booted> booted,
      TemplateObserver observer) {
    Template template =
        new Template(
            new TemplateEquipment(
                new NativePtraceCalls(),
                new NativeLibc(),
                Architecture.ofThisMachine(),
                Proc.REAL,
                opener,
                observer),
            request,
            seized,
            booted);
    template.thread.start();
    return template;
  }

  private Template(
      TemplateEquipment equipment, Request request, Runnable seized, Consumer<Booted> booted) {
    this.seized = seized;
    this.equipment = equipment;
    this.request = request;
    this.thread =
        Thread.ofPlatform()
            .name("kidreaper-template-" + request.process().pid())
            .daemon()
            .unstarted(() -> run(booted));
  }

  /** The held program. */
  public ProcessId process() {
    return request.process();
  }

  /**
   * Forks a worker when it is this wish's turn; some milliseconds. Wishes made before the program
   * stands wait for that.
   *
   * @param stillWanted asked once, just before; on false there is no fork and no answer
   * @param answer called once, unless the template is ended or refused before
   */
  public void fork(BooleanSupplier stillWanted, Consumer<Forked> answer) {
    wishes.add(Optional.of(new Wish(stillWanted, answer, System.nanoTime())));
  }

  /** Ends the program, which serves nobody, and does not wait for it. Workers go on. */
  public void end() {
    closed = true;
    wishes.add(Optional.empty());
  }

  /** As {@link #end}, and waits until it has been told. */
  @Override
  public void close() {
    end();
    if (!Thread.currentThread().equals(thread)) {
      try {
        thread.join(JOIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run(Consumer<Booted> booted) {
    long start = System.nanoTime();
    Libc libc = equipment.libc();
    int pid = request.process().pid();
    int pidfd = libc.pidfdOpen(pid);
    if (pidfd < 0) {
      // Our child, which nobody has reaped: descriptors are short.
      int _ = equipment.calls().kill(pid);
      seized.run();
      booted.accept(new Booted.Refused(new NotForkable.CallRefused("pidfd_open", -pidfd)));
      return;
    }
    boolean handedOn = false;
    int options = PtraceCalls.O_TRACESYSGOOD | PtraceCalls.O_TRACEEXEC | PtraceCalls.O_TRACECLONE;
    try (Alarm alarm = new Alarm(equipment.architecture());
        Tracees held =
            new Tracees(
                equipment.calls(),
                equipment.architecture(),
                equipment.proc(),
                pid,
                true,
                options)) {
      alarm.every(ALARM_NANOS);
      Standing standing = new Standing(held, pidfd);
      Optional<NotForkable> refused = standing.boot();
      if (refused.isPresent()) {
        handedOn = TemplateEnd.end(equipment, pid, pidfd);
        booted.accept(new Booted.Refused(refused.get()));
        return;
      }
      booted.accept(new Booted.Standing(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
      standing.serve(alarm);
      handedOn = TemplateEnd.end(equipment, pid, pidfd);
    } finally {
      seized.run();
      if (!handedOn) {
        int _ = libc.close(pidfd);
      }
    }
  }

  /** The program between its arrival and its end, on this template's thread. */
  private final class Standing {
    private final Tracees held;
    private final TemplateFollower follower;
    private final StubWriter writer;
    private final TemplateFork forks;
    private final int pid = request.process().pid();
    private Arrival arrival = new Arrival.Nowhere(new NotForkable.Cancelled());
    private long tidAddress;
    private StreamCopies output = StreamCopies.NONE;
    private StreamCopies error = StreamCopies.NONE;

    Standing(Tracees held, int pidfd) {
      this.held = held;
      this.follower =
          new TemplateFollower(equipment, held, pid, pidfd, request.listeners(), () -> closed);
      this.writer = new StubWriter(equipment, pid);
      this.forks = new TemplateFork(equipment, pid);
    }

    Optional<NotForkable> boot() {
      int tasks = held.seizeNew();
      if (tasks < 0) {
        return Optional.of(
            tasks == -Errno.ESRCH
                ? new NotForkable.Ended()
                : new NotForkable.Untraceable(
                    new Permission(equipment.proc(), equipment.libc()).whyNot(pid, -tasks)));
      }
      while (tasks > 0) {
        tasks = held.seizeNew(); // threads made before their makers were seized
      }
      // From here on its pid stays its own.
      if (equipment
          .proc()
          .stat(pid)
          .filter(stat -> stat.startTicks() == request.process().startTicks())
          .isEmpty()) {
        return Optional.of(new NotForkable.Ended());
      }
      equipment.observer().at(Step.SEIZED);
      seized.run();
      arrival = follower.follow(request.patience());
      equipment.observer().at(Step.AT_WAIT);
      return switch (prepare()) {
        case Prepared.No(NotForkable why) -> Optional.of(why);
        case Prepared.Yes(Injector injector) ->
            switch (forks.tidAddress(injector)) {
              case TemplateFork.TidAddress.Unknown(NotForkable why) -> Optional.of(why);
              case TemplateFork.TidAddress.At(long address) -> {
                tidAddress = address;
                output = StreamCopies.find(equipment.proc(), pid, request.output());
                error = StreamCopies.find(equipment.proc(), pid, request.error());
                yield comeHome();
              }
            };
      };
    }

    /** Lets the task return to its wait call, or to the one that it has come to instead. */
    private Optional<NotForkable> comeHome() {
      arrival = follower.follow(HOMECOMING);
      return switch (arrival) {
        case Arrival.Nowhere(NotForkable why) -> Optional.of(why);
        case Arrival.Home _ -> {
          equipment.observer().at(Step.STANDING);
          yield Optional.empty();
        }
      };
    }

    private Prepared prepare() {
      return switch (arrival) {
        case Arrival.Nowhere(NotForkable why) -> new Prepared.No(why);
        case Arrival.Home home ->
            switch (writer.stub(home)) {
              case StubWriter.Written.Refused(NotForkable why) -> no(why);
              case StubWriter.Written.At(long stub) -> prepare(home, stub);
            };
      };
    }

    private Prepared prepare(Arrival.Home home, long stub) {
      OptionalLong block = writer.block(home);
      equipment.observer().at(Step.STUB_WRITTEN);
      return block.isEmpty()
          ? no(new NotForkable.NoStub("there is no room below its stack pointer"))
          : new Prepared.Yes(
              new Injector(
                  equipment.calls(),
                  equipment.architecture(),
                  held,
                  home.task(),
                  stub,
                  block.getAsLong(),
                  follower.waits()));
    }

    /** What was refused by a program that was killed meanwhile says nothing of the program. */
    private Prepared no(NotForkable why) {
      return new Prepared.No(forks.hasEnded() ? new NotForkable.Ended() : why);
    }

    /** Until the template is closed or lost. */
    void serve(Alarm alarm) {
      while (true) {
        alarm.every(0);
        Optional<Wish> wish;
        try {
          wish = wishes.take();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt(); // only a JVM that goes down interrupts this thread
          return;
        }
        if (wish.isEmpty() || closed) {
          return;
        }
        alarm.every(ALARM_NANOS);
        if (wish.get().stillWanted().getAsBoolean() && !fork(wish.get())) {
          return;
        }
      }
    }

    /** Whether the template can be forked again. */
    private boolean fork(Wish wish) {
      switch (prepare()) {
        case Prepared.No(NotForkable why) -> {
          wish.answer().accept(new Forked.Failed(why, true));
          return false;
        }
        case Prepared.Yes(Injector injector) -> {
          TemplateFork.Outcome outcome =
              forks.fork(injector, tidAddress, output, error, request.deathSignal());
          if (outcome instanceof TemplateFork.Outcome.Child(int child, int out, int err)) {
            long micros = (System.nanoTime() - wish.sinceNanos()) / 1000;
            wish.answer().accept(new Forked.Child(child, out, err, micros));
          }
          Optional<NotForkable> lost = comeHome();
          equipment.observer().at(Step.AGAIN_STANDING);
          if (outcome instanceof TemplateFork.Outcome.Failed(NotForkable why)) {
            wish.answer().accept(new Forked.Failed(lost.orElse(why), lost.isPresent()));
          }
          return lost.isEmpty();
        }
      }
    }
  }

  /** Whether the held program can be made to call. */
  private sealed interface Prepared {
    record Yes(Injector injector) implements Prepared {}

    record No(NotForkable why) implements Prepared {}
  }
}
