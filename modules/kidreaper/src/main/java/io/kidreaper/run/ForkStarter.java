package io.kidreaper.run;

import io.kidreaper.linux.process.Ended;
import io.kidreaper.linux.process.Gated;
import io.kidreaper.linux.process.SpawnRequest;
import io.kidreaper.linux.process.Spawned;
import io.kidreaper.linux.process.Spawner;
import io.kidreaper.linux.trace.Forked;
import io.kidreaper.linux.trace.NotForkable;
import io.kidreaper.linux.trace.Template;
import io.kidreaper.manager.WorkerHost.Started;
import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Forks every worker from its generation's template, which is started with the first worker of the
 * generation and goes when a newer generation has workers. Starts wait while a template boots. A
 * template that dies is succeeded by another at the next start.
 *
 * <p>Safe from any thread. Its lock is never held while something is waited for, but by {@link
 * #cancel} for the milliseconds of a fork under way.
 */
public final class ForkStarter implements WorkerStarter {
  /** What to do with a program from which nothing can be forked. */
  public enum Otherwise {
    /** Its workers do not start, and the reason is told each time. */
    FAIL,
    /** Its workers are started each as a program of its own, and the reason is told once. */
    EXEC
  }

  private static final int SIGKILL = 9;
  private static final long END_MILLIS = 2_000;
  private static final long FORK_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final IntFunction<SpawnRequest> requestOfGeneration;
  private final Duration patience;
  private final Otherwise otherwise;
  private final Consumer<String> notes;
  private final ExecStarter exec;

  /**
   * Its one thread lives as long as this: to its workers' death signal the end of the thread that
   * spawned them is the end of kidreaper.
   */
  private final ExecutorService spawning =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("kidreaper-spawn").daemon().factory());

  private final Map<Integer, Nest> nests = new HashMap<>();
  private final Map<Integer, NotForkable> byExec = new HashMap<>();
  private int provenGeneration;
  private boolean closed;

  /**
   * @param patience how long a template may take to come to its first wait for a connection
   * @param notes takes what a person should know, a sentence each, on threads that must not be kept
   */
  public ForkStarter(
      IntFunction<SpawnRequest> requestOfGeneration,
      Duration patience,
      Otherwise otherwise,
      Consumer<String> notes) {
    this.requestOfGeneration = requestOfGeneration;
    this.patience = patience;
    this.otherwise = otherwise;
    this.notes = notes;
    this.exec = new ExecStarter(requestOfGeneration);
  }

  /** A template and the starts that wait for it. */
  private static final class Nest {
    private final int generation;
    private final Nursery nursery;
    private final Set<Long> waiting = new LinkedHashSet<>();
    private Optional<Long> forking = Optional.empty();
    private final CountDownLatch ended = new CountDownLatch(1);
    private Optional<Template> template = Optional.empty();

    Nest(int generation, Nursery nursery) {
      this.generation = generation;
      this.nursery = nursery;
    }

    String name() {
      return template.map(it -> "the template (process " + it.process().pid() + ") ").orElse("");
    }
  }

  @Override
  public synchronized Started start(long serial, int generation, Nursery nursery) {
    if (closed) {
      return new Started.Failed("kidreaper starts no more workers");
    }
    if (byExec.containsKey(generation)) {
      return exec.start(serial, generation, nursery);
    }
    Nest nest = nests.get(generation);
    if (nest == null) {
      if (generation < provenGeneration) {
        return new Started.Failed("generation " + generation + " has been replaced");
      }
      nest = new Nest(generation, nursery);
      Optional<String> failed = boot(nest);
      if (failed.isPresent()) {
        return new Started.Failed(failed.get());
      }
      nests.put(generation, nest);
    }
    Nest asked = nest;
    nest.waiting.add(serial);
    nest.template
        .orElseThrow()
        .fork(() -> begins(asked, serial), forked -> forked(asked, serial, forked));
    return new Started.Up();
  }

  /** Why no template could be started; empty if it boots. */
  private Optional<String> boot(Nest nest) {
    SpawnRequest request = requestOfGeneration.apply(nest.generation);
    Gated gated = Spawner.spawnGated(request);
    return switch (gated.spawned()) {
      case Spawned.WrongCommand(String reason) -> refused(gated, reason);
      case Spawned.OutOfResources(String reason) -> refused(gated, reason);
      case Spawned.Child child -> {
        Optional<ProcessId> process =
            nest.nursery.watch(child, ended -> templateEnded(nest, ended));
        if (process.isEmpty()) {
          yield refused(gated, "no descriptor left to watch the template with");
        }
        try {
          nest.template = Optional.of(hold(nest, request, gated, child, process.get()));
          yield Optional.empty();
        } catch (UncheckedIOException e) {
          int _ = nest.nursery.signal(child.pid(), SIGKILL);
          yield refused(gated, "there is no /proc by which a template could be held");
        }
      }
    };
  }

  private Template hold(
      Nest nest, SpawnRequest request, Gated gated, Spawned.Child child, ProcessId process) {
    return Template.hold(
        new Template.Request(
            process,
            request.sockets().stream().map(ForkStarter::link).collect(Collectors.toSet()),
            link(child.outputFd()),
            link(child.errorFd()),
            request.deathSignal(),
            patience),
        Spawner::ownPipeOf,
        gated::open,
        booted -> booted(nest, booted));
  }

  private static Optional<String> refused(Gated gated, String reason) {
    gated.open();
    return Optional.of(reason);
  }

  private void booted(Nest nest, Template.Booted booted) {
    switch (booted) {
      case Template.Booted.Standing(long millis) ->
          notes.accept(
              "%sstands after %d ms; workers of generation %d are forked from it"
                  .formatted(nest.name(), millis, nest.generation));
      case Template.Booted.Refused(NotForkable.Ended()) -> {
        // Its end is told too, with how it ended and its last words.
      }
      case Template.Booted.Refused(NotForkable why) -> given(nest, why);
    }
  }

  private synchronized boolean begins(Nest nest, long serial) {
    if (closed || !nest.waiting.contains(serial)) {
      return false;
    }
    nest.forking = Optional.of(serial);
    return true;
  }

  private void forked(Nest nest, long serial, Forked forked) {
    switch (forked) {
      case Forked.Child(int pid, int outputFd, int errorFd, long _) -> {
        synchronized (this) {
          answered(nest, serial);
          provenGeneration = Math.max(provenGeneration, nest.generation);
          nest.nursery.born(serial, new Spawned.Child(pid, outputFd, errorFd), true);
        }
        endReplaced();
      }
      case Forked.Failed(NotForkable why, boolean templateGone) -> {
        if (why.lasting()) {
          given(nest, why);
          return;
        }
        synchronized (this) {
          answered(nest, serial);
        }
        nest.nursery.failed(serial, nest.name() + why.words());
        if (templateGone) {
          given(nest, why);
        }
      }
    }
  }

  private synchronized void answered(Nest nest, long serial) {
    nest.waiting.remove(serial);
    nest.forking = Optional.empty();
    notifyAll();
  }

  /** No more workers come from this template. */
  private void given(Nest nest, NotForkable why) {
    List<Long> left = leave(nest);
    if (otherwise == Otherwise.EXEC && why.lasting()) {
      synchronized (this) {
        byExec.put(nest.generation, why);
      }
      notes.accept(
          "workers of generation %d are started one by one: %s%s"
              .formatted(nest.generation, nest.name(), why.words()));
      left.forEach(serial -> spawning.execute(() -> startByExec(nest, serial)));
      return;
    }
    left.forEach(serial -> nest.nursery.failed(serial, nest.name() + why.words()));
  }

  private void startByExec(Nest nest, long serial) {
    if (exec.start(serial, nest.generation, nest.nursery) instanceof Started.Failed(String why)) {
      nest.nursery.failed(serial, why);
    }
  }

  private void templateEnded(Nest nest, Ended ended) {
    nest.ended.countDown();
    boolean needed;
    synchronized (this) {
      needed = nests.get(nest.generation) == nest && !closed;
    }
    List<Long> left = leave(nest);
    String how = "the template " + LinuxWorkers.describe(ended);
    if (needed && left.isEmpty()) {
      notes.accept(how + "; the next worker's start makes another");
    }
    left.forEach(serial -> nest.nursery.failed(serial, how));
  }

  /** Takes a nest out of use: the starts that still wait there. */
  private List<Long> leave(Nest nest) {
    List<Long> left;
    synchronized (this) {
      nests.remove(nest.generation, nest);
      left = List.copyOf(nest.waiting);
      nest.waiting.clear();
      nest.forking = Optional.empty();
      notifyAll();
    }
    nest.template.ifPresent(Template::end);
    return left;
  }

  /** Older generations than one that works are not forked from any more. */
  private void endReplaced() {
    List<Nest> replaced;
    synchronized (this) {
      replaced =
          nests.values().stream()
              .filter(nest -> nest.generation < provenGeneration && nest.waiting.isEmpty())
              .toList();
    }
    replaced.forEach(this::leave);
  }

  @Override
  public synchronized boolean cancel(long serial) {
    for (Nest nest : List.copyOf(nests.values())) {
      long until = System.nanoTime() + FORK_NANOS;
      while (nest.forking.equals(Optional.of(serial)) && System.nanoTime() < until) {
        try {
          TimeUnit.MILLISECONDS.timedWait(this, 100);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
      if (nest.waiting.remove(serial)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public synchronized List<ProcessId> helpers() {
    return nests.values().stream()
        .map(nest -> nest.template)
        .flatMap(Optional::stream)
        .map(Template::process)
        .toList();
  }

  @Override
  public void close() {
    List<Nest> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(nests.values());
    }
    all.forEach(this::leave);
    all.forEach(nest -> nest.template.ifPresent(Template::close));
    // Bounded, since a template that was asked to end its own processes may take its time.
    all.forEach(ForkStarter::awaitEnd);
    spawning.shutdown();
  }

  private static void awaitEnd(Nest nest) {
    try {
      boolean _ = nest.ended.await(END_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String link(int fd) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
