package io.kidreaper.show;

import io.kidreaper.control.HistoryEvent;
import io.kidreaper.control.PoolStatus;
import io.kidreaper.control.WorkerStatus;
import io.kidreaper.demo.SharedMemory;
import io.kidreaper.memory.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the demo once: a pool, a load, and someone who looks on. */
public final class Show {
  private static final int SHARED_BYTES = 8 << 20;
  private static final long LOOK_MILLIS = 200;

  /** The bars tell as much. */
  private static final Set<String> HIDDEN = Set.of("ready", "start");

  private final ShowSettings settings;
  private final Audience audience;
  private final Map<String, String> environment;
  private final BooleanSupplier ended;

  /** What came of it. */
  public sealed interface Outcome {
    record Shown(ShowResult result) implements Outcome {}

    /** The pool did not come up. */
    record Failed(String reason) implements Outcome {}
  }

  /**
   * @param environment kidreaper's own
   * @param ended whether somebody has had enough
   */
  public Show(
      ShowSettings settings,
      Audience audience,
      Map<String, String> environment,
      BooleanSupplier ended) {
    this.settings = settings;
    this.audience = audience;
    this.environment = environment;
    this.ended = ended;
  }

  /** The demo: workers that answer before they go, and are asked to go between two requests. */
  public Outcome one() throws IOException, InterruptedException {
    return run(ShowPool.Program.GRACEFUL, Way.BOUNDARY);
  }

  /** One of those that are compared: workers that do not care for signals. */
  public Outcome against(Way way) throws IOException, InterruptedException {
    return run(ShowPool.Program.ABRUPT, way);
  }

  private Outcome run(ShowPool.Program program, Way way) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("kidreaper-demo");
    try {
      Path shared = folder.resolve("shared");
      SharedMemory.create(shared, SHARED_BYTES);
      return switch (ShowPool.open(settings, program, way, folder, shared, environment)) {
        case ShowPool.Opened.Refused(String reason) ->
            new Outcome.Failed(reason + lastWords(folder.resolve("log")));
        case ShowPool.Opened.Open(ShowPool pool) -> {
          try (pool) {
            yield new Outcome.Shown(show(pool, way));
          }
        }
      };
    } finally {
      delete(folder);
    }
  }

  private ShowResult show(ShowPool pool, Way way) throws InterruptedException {
    Tally tally = new Tally();
    Sizes sizes = new Sizes();
    Reaper reaper = new Reaper(way, settings.limit());
    ShowLoad load = ShowLoad.start(pool.address(), tally);
    long startNanos = System.nanoTime();
    Happened happened = new Happened(pool.events(), audience);
    boolean cut = false;
    double seconds = 0;
    while (seconds < settings.duration().toMillis() / 1e3 && !cut) {
      Thread.sleep(LOOK_MILLIS);
      cut = ended.getAsBoolean();
      seconds = (System.nanoTime() - startNanos) / 1e9;
      PoolStatus status = pool.status();
      sizes.see(status.workers(), System.nanoTime() / 1_000_000);
      if (way != Way.BOUNDARY) {
        reaper.look(status);
      }
      happened.tell(seconds);
      audience.look(standing(pool, way, status, tally, seconds, left(way, happened, reaper)));
    }
    load.stop();
    happened.tell(seconds);
    audience.over();
    Tally.Count count = tally.count();
    return new ShowResult(
        way,
        seconds,
        count.answered(),
        count.lost(),
        count.firstLoss(),
        count.p50Millis(),
        count.p99Millis(),
        left(way, happened, reaper),
        settings.limit(),
        sizes.peakBytes(),
        settings.overtime(),
        sizes.growthIn(settings.overtime().toMillis()),
        cut);
  }

  private static long left(Way way, Happened happened, Reaper reaper) {
    return way == Way.BOUNDARY ? happened.retired() : reaper.signalled();
  }

  private Audience.Standing standing(
      ShowPool pool, Way way, PoolStatus status, Tally tally, double seconds, long left) {
    List<WorkerStatus> workers = new ArrayList<>(status.workers());
    workers.sort(Comparator.comparingLong(WorkerStatus::serial));
    List<HistoryEvent> events =
        status.lastEvents().stream().filter(event -> !HIDDEN.contains(event.kind())).toList();
    String title =
        "%s: %d workers, http://127.0.0.1:%d/"
            .formatted(way.words(), settings.workers(), pool.address().getPort());
    Frame frame =
        new Frame(
            title,
            workers,
            settings.workers(),
            settings.limit(),
            tally.count(),
            seconds,
            settings.duration().toMillis() / 1e3,
            left,
            events.subList(Math.max(0, events.size() - 4), events.size()));
    return new Audience.Standing() {
      @Override
      public List<String> picture(boolean colours) {
        return frame.lines(colours);
      }

      @Override
      public String line() {
        return String.format(
            Locale.ROOT,
            "%5.1f s  %,d requests answered, %d lost; workers have %s of %s; %d replaced",
            seconds,
            frame.requests().answered(),
            frame.requests().lost(),
            workers.stream().map(Show::size).collect(Collectors.joining(" ")),
            settings.limit(),
            left);
      }
    };
  }

  private static String size(WorkerStatus worker) {
    return worker.privateBytes().isPresent()
        ? new ByteSize(worker.privateBytes().getAsLong()).toString()
        : "-";
  }

  private static String lastWords(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.stream()
          .skip(Math.max(0, lines.size() - 10))
          .map(line -> "\n  " + line)
          .collect(Collectors.joining());
    } catch (IOException e) {
      return "";
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
