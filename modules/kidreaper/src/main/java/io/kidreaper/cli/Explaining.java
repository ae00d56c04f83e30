package io.kidreaper.cli;

import io.kidreaper.control.FirstSeen;
import io.kidreaper.explain.Adviser;
import io.kidreaper.explain.Explanation;
import io.kidreaper.explain.Following;
import io.kidreaper.explain.Growth;
import io.kidreaper.explain.GrowthCauses;
import io.kidreaper.explain.Platform;
import io.kidreaper.explain.Point;
import io.kidreaper.explain.PoolCost;
import io.kidreaper.explain.Since;
import io.kidreaper.explain.SuggestedLimit;
import io.kidreaper.explain.Trend;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.SystemTime;
import io.kidreaper.linux.WorkerLook;
import io.kidreaper.linux.WorkerLook.Result;
import io.kidreaper.linux.trace.FollowEnd;
import io.kidreaper.linux.trace.Held;
import io.kidreaper.linux.trace.NotReached;
import io.kidreaper.linux.trace.Tracer;
import io.kidreaper.memory.Composition;
import io.kidreaper.memory.Footing;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Time;
import io.kidreaper.run.state.StateFolder;
import io.kidreaper.server.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** One explanation, from the chosen worker to the exit status. */
final class Explaining {
  private static final Path PROC = Path.of("/proc");
  private static final Duration CHOICE = Duration.ofSeconds(3);
  private static final int MOST_OF_POOL = 64;

  private final Terminal terminal;
  private final Interruption interruption;
  private final Map<String, String> environment;
  private final Time time = new SystemTime();

  Explaining(Terminal terminal, Interruption interruption, Map<String, String> environment) {
    this.terminal = terminal;
    this.interruption = interruption;
    this.environment = environment;
  }

  int run(ExplainRequest request) {
    NativeLibc libc = new NativeLibc();
    return switch (ExplainSubjects.find(request.target(), libc, PROC)) {
      case ExplainSubjects.Found.Refused(String reason) -> refuse(reason);
      case ExplainSubjects.Found.Subjects(ExplainSubjects subjects) ->
          run(request, subjects, new ProcFs(libc, PROC));
    };
  }

  private int refuse(String reason) {
    terminal.complain(reason);
    return ExitStatus.POOL_UNREADABLE;
  }

  private int run(ExplainRequest request, ExplainSubjects subjects, ProcFs proc) {
    WorkerLook look = new WorkerLook(proc);
    try (ExplainWatch watch = new ExplainWatch(look, time)) {
      Optional<Set<ProcessId>> family = subjects.family(proc);
      List<String> refused = new ArrayList<>();
      for (ProcessId candidate : subjects.candidates()) {
        watch
            .begin(candidate)
            .ifPresent(reason -> refused.add("process " + candidate.pid() + ": " + reason));
      }
      if (watch.fastest().isEmpty()) {
        return refuse(String.join("; ", refused));
      }
      refused.forEach(terminal::complain);
      if (request.requests().isEmpty()) {
        request.watch().ifPresent(duration -> watch.watch(duration, interruption::requested));
      } else if (subjects.candidates().size() > 1) {
        watch.watch(shorter(CHOICE, request.watch().orElse(CHOICE)), interruption::requested);
      }
      Optional<ExplainWatch.Watched> chosen = watch.fastest();
      return chosen.isEmpty()
          ? refuse("it ended while it was watched")
          : explain(request, subjects, look, watch, chosen.get(), family, proc);
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private int explain(
      ExplainRequest request,
      ExplainSubjects subjects,
      WorkerLook look,
      ExplainWatch watch,
      ExplainWatch.Watched chosen,
      Optional<Set<ProcessId>> family,
      ProcFs proc) {
    ProcessId worker = chosen.id();
    Optional<Following> following = Optional.empty();
    List<Point> series = chosen.points();
    if (request.requests().isPresent()) {
      RequestLog log =
          new RequestLog(worker, look, time, request.requests().getAsInt(), request.query());
      Optional<PoolFollowing> alone =
          subjects.pool().flatMap(_ -> PoolFollowing.begin(subjects.parentPid()));
      if (subjects.pool().isPresent() && alone.isEmpty()) {
        terminal.complain(
            "another worker of this pool is followed already, which slows it; try again when that"
                + " is over");
        return ExitStatus.INCOMPLETE;
      }
      Held<FollowEnd> held;
      try {
        held = follow(worker, request.watch().orElseThrow(), log);
      } finally {
        alone.ifPresent(PoolFollowing::close);
      }
      switch (held) {
        case Held.Not<FollowEnd>(NotReached why) -> {
          terminal.complain("worker " + worker.pid() + " " + why.words());
          return interruption.requested() ? ExitStatus.INTERRUPTED : ExitStatus.INCOMPLETE;
        }
        case Held.Done<FollowEnd>(FollowEnd end, var _) -> {
          following = Optional.of(following(log, end));
          series = series(log);
        }
      }
    }
    boolean watched = request.watch().isPresent();
    return switch (watched ? look.composition(worker) : chosen.firstLook()) {
      case Result.Vanished<Composition>() -> refuse("process " + worker.pid() + " has ended");
      case Result.Unreadable<Composition>(String reason) -> refuse(reason);
      case Result.Seen<Composition>(Composition now, long faults, long nanos) -> {
        Footing last = Footing.of(now, faults, time.nanos());
        Optional<Growth> growth =
            watched
                ? Optional.of(GrowthCauses.of(chosen.first(), last, ended(subjects, family, proc)))
                : Optional.empty();
        Optional<Since> since = firstSeen(request, worker).map(first -> since(first, last));
        Optional<Trend> trend =
            watched && series.size() > 1 ? Optional.of(Trend.of(series)) : Optional.empty();
        Optional<PoolCost> pool = subjects.pool().map(members -> cost(members, look));
        Program program = subjects.programs().apply(worker.pid());
        Set<String> libraries = look.libraries(worker);
        Platform platform =
            Platform.of(
                program.executable(),
                prefix -> libraries.stream().anyMatch(name -> name.startsWith(prefix)));
        Explanation explanation =
            new Explanation(
                worker,
                String.join(" ", program.arguments()).strip(),
                subjects.server(),
                platform,
                now,
                nanos,
                growth,
                since,
                watched ? series : List.of(),
                trend,
                request.limitBytes(),
                request.requests().isEmpty() && watched ? watch.counting() : Optional.empty(),
                following,
                pool,
                trend.flatMap(seen ->
                    SuggestedLimit.of(
                        pool.flatMap(PoolCost::smallestBytes).orElse(chosen.first().privateBytes()),
                        now.total().privateBytes(),
                        seen)),
                Adviser.of(platform, growth.or(() -> since.map(Since::growth)), trend));
        yield tell(request, explanation);
      }
    };
  }

  private Optional<FirstSeen> firstSeen(ExplainRequest request, ProcessId worker) {
    int ourUserId = new NativeLibc().effectiveUserId();
    return new FirstSightings(
            request.state().orElseGet(() -> StateFolder.standard(ourUserId, environment)),
            ourUserId)
        .of(worker);
  }

  private static Since since(FirstSeen first, Footing last) {
    // Of those that came and went between its readings it does not know.
    GrowthCauses.Sharers ended =
        first.othersEnded() ? GrowthCauses.Sharers.SOME_ENDED : GrowthCauses.Sharers.UNKNOWN;
    return new Since(first.pool(), GrowthCauses.of(first.footing(), last, ended));
  }

  private Held<FollowEnd> follow(ProcessId worker, Duration most, RequestLog log) {
    try (Tracer tracer = Tracer.start()) {
      return tracer.follow(worker, most, most, interruption::requested, log);
    }
  }

  private Following following(RequestLog log, FollowEnd end) {
    long nanos =
        log.visits().stream().mapToLong(visit -> visit.takenNanos() + visit.stoppedNanos()).sum();
    return new Following(log.visits(), end.why().words(), end.stops(), nanos, log.readingNanos());
  }

  private static List<Point> series(RequestLog log) {
    List<Point> series = new ArrayList<>();
    for (int i = 0; i < log.visits().size(); i++) {
      series.add(
          new Point(
              log.endsNanos().get(i),
              OptionalLong.of(i + 1),
              log.visits().get(i).after().privateBytes()));
    }
    return series;
  }

  private static GrowthCauses.Sharers ended(
      ExplainSubjects subjects, Optional<Set<ProcessId>> before, ProcFs proc) {
    Optional<Set<ProcessId>> after = subjects.family(proc);
    if (before.isEmpty() || after.isEmpty()) {
      return GrowthCauses.Sharers.UNKNOWN;
    }
    return after.get().containsAll(before.get())
        ? GrowthCauses.Sharers.NONE_ENDED
        : GrowthCauses.Sharers.SOME_ENDED;
  }

  private static PoolCost cost(List<ProcessId> members, WorkerLook look) {
    List<PoolCost.One> read = new ArrayList<>();
    for (ProcessId member : members.stream().limit(MOST_OF_POOL).toList()) {
      if (look.composition(member)
          instanceof Result.Seen<Composition>(Composition memory, long _, long _)) {
        read.add(new PoolCost.One(member, memory));
      }
    }
    return new PoolCost(read, members.size() - read.size());
  }

  private int tell(ExplainRequest request, Explanation explanation) {
    if (request.json()) {
      terminal.out().println(ExplainJson.of(explanation));
    } else {
      new ExplainText(explanation).lines().forEach(terminal.out()::println);
    }
    if (request.html().isPresent()) {
      try {
        Files.writeString(
            request.html().get(),
            ExplainHtml.of(explanation),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE);
      } catch (IOException e) {
        terminal.complain("the page could not be written: " + e);
        return ExitStatus.OUTPUT_FAILED;
      }
    }
    return interruption.requested() ? ExitStatus.INTERRUPTED : ExitStatus.DONE;
  }
}
