package io.kidreaper.watching;

import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.PrivateMemory;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.Catalyst;
import io.kidreaper.testbed.server.Gunicorn;
import io.kidreaper.testbed.server.PhpFpm;
import io.kidreaper.testbed.server.Unicorn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Four real pools side by side in one watch, leaking under load: the long form of {@link
 * WatchSoakIT}, for {@code bench/soak/watch}.
 */
public final class WatchSoak {
  private static final int WORKERS = 3;
  private static final int LIMIT_MB = 64;
  private static final int LEAK_KB = 1024;
  private static final Duration EVERY = Duration.ofMillis(500);

  private WatchSoak() {}

  /**
   * What it came to.
   *
   * @param lost requests of all pools
   * @param retired workers of all pools
   * @param mostBytes the largest private memory that was seen of any worker
   * @param ownBytesPerHour growth of kidreaper's own private memory after its first third, by a
   *     line through all readings
   * @param descriptors kidreaper's open files, after its first third and at the end
   */
  record Result(
      List<String> pools,
      int lost,
      int requests,
      List<Integer> retired,
      long mostBytes,
      long ownKilobytes,
      double ownBytesPerHour,
      List<Long> descriptors,
      double cpuShare,
      String log) {

    /** For people. */
    String text() {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < pools.size(); i++) {
        text.append("%-10s %5d workers retired%n".formatted(pools.get(i), retired.get(i)));
      }
      return text
          + "%d requests, %d lost; largest worker seen %.1f MB of a limit of %d MB%n"
              .formatted(requests, lost, mostBytes / (double) (1 << 20), LIMIT_MB)
          + "kidreaper: %d KB private, %+.0f KB an hour after its first third; %s open files; %.2f %% of a core%n"
              .formatted(ownKilobytes, ownBytesPerHour / 1024, descriptors, cpuShare * 100);
    }
  }

  /**
   * @param args for how many seconds
   */
  public static void main(String[] args) {
    Result result = run(Duration.ofSeconds(Long.parseLong(args[0])));
    System.out.print(result.text());
    if (result.lost() > 0 || result.retired().contains(0)) {
      System.out.println(result.log());
      System.exit(1);
    }
  }

  static Result run(Duration time) {
    List<Server> servers = List.of(new Catalyst(), new PhpFpm(), new Gunicorn(), new Unicorn());
    try (Site site = Site.open("soak")) {
      List<RunningServer> pools = new ArrayList<>();
      List<RunningLoad> loads = new ArrayList<>();
      List<String> config = new ArrayList<>();
      config.add("metrics = \"0\"");
      // Near their limit all are read in detail at each turn, which 1 % is too little for at this
      // pace.
      config.add("cpu = \"10%\"");
      config.add("[defaults]");
      config.add("limit = \"" + LIMIT_MB + "M\"");
      config.add("min-age = \"2s\"");
      config.add("pause = \"200ms\"");
      config.add("every = \"" + EVERY.toMillis() + "ms\"");
      for (Server server : servers) {
        RunningServer pool = site.start(server, WORKERS);
        pools.add(pool);
        config.add("[pool." + pool.name() + "]");
        config.add("manager = " + pool.managerPid());
      }
      Watching watch =
          Watching.start(site, "--config", Watching.config(site, config.toArray(String[]::new)));
      for (RunningServer pool : pools) {
        Nginx nginx = site.nginx(pool);
        loads.add(
            Load.on(nginx.address())
                .of(Mix.usual().and(10, _ -> new Route.Leak(LEAK_KB)))
                .connections(2)
                .every(Duration.ofMillis(15))
                .within(Limits.usual().requests(5_000_000).within(time.plusMinutes(5)))
                .start());
      }
      return watched(watch, pools, loads, time);
    }
  }

  private static Result watched(
      Watching watch, List<RunningServer> pools, List<RunningLoad> loads, Duration time) {
    long start = System.nanoTime();
    long cpuStart = 0;
    long warmNanos = time.toNanos() / 3;
    long most = 0;
    List<double[]> own = new ArrayList<>();
    List<Long> descriptors = new ArrayList<>();
    while (System.nanoTime() - start < time.toNanos()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
      for (RunningServer pool : pools) {
        for (int worker : pool.workerPids()) {
          most = Math.max(most, kilobytes(worker) * 1024);
        }
      }
      long since = System.nanoTime() - start;
      if (since > warmNanos) {
        if (descriptors.isEmpty()) {
          descriptors.add(descriptors(watch.pid()));
          cpuStart = cpuNanos(watch.pid());
        }
        own.add(new double[] {since / 3.6e12, kilobytes(watch.pid()) * 1024.0});
      }
    }
    double cpuShare =
        (cpuNanos(watch.pid()) - cpuStart) / (double) (System.nanoTime() - start - warmNanos);
    // Who is on the way out at this moment has descriptors of its own open in kidreaper.
    watch.ctl("pause");
    watch.await(() ->
        watch.said("worker [0-9]+ is to go")
            <= watch.said("worker [0-9]+ (left|was|ended|is still|got)"));
    descriptors.add(descriptors(watch.pid()));
    int lost = 0;
    int requests = 0;
    StringBuilder reports = new StringBuilder();
    for (RunningLoad load : loads) {
      LoadReport report = load.stop();
      lost += report.lost();
      requests += report.requests();
      reports.append(report).append('\n');
    }
    List<Integer> retired =
        pools.stream().map(pool -> watch.said(pool.name() + " worker [0-9]+ left")).toList();
    watch.end();
    return new Result(
        pools.stream().map(RunningServer::name).toList(),
        lost,
        requests,
        retired,
        most,
        own.isEmpty() ? 0 : (long) own.getLast()[1] / 1024,
        slope(own),
        descriptors,
        cpuShare,
        reports + watch.log());
  }

  /** Of the line that fits best. */
  private static double slope(List<double[]> points) {
    double meanX = points.stream().mapToDouble(point -> point[0]).average().orElse(0);
    double meanY = points.stream().mapToDouble(point -> point[1]).average().orElse(0);
    double xy = points.stream().mapToDouble(it -> (it[0] - meanX) * (it[1] - meanY)).sum();
    double xx = points.stream().mapToDouble(it -> (it[0] - meanX) * (it[0] - meanX)).sum();
    return xx == 0 ? 0 : xy / xx;
  }

  /** 0 for a process that has just ended. */
  private static long kilobytes(int pid) {
    try {
      return PrivateMemory.dirtyKilobytes(pid);
    } catch (UncheckedIOException | java.util.NoSuchElementException e) {
      return 0;
    }
  }

  private static long descriptors(int pid) {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long cpuNanos(int pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .map(Duration::toNanos)
        .orElse(0L);
  }
}
