package io.kidreaper.managed;

import io.kidreaper.linux.trace.Look;
import io.kidreaper.linux.trace.Peek;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.server.Catalyst;
import io.kidreaper.testbed.server.Managed;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What {@code bench/memory/run} runs: the same application with five workers in three ways. */
final class MemoryBench {
  private static final int WORKERS = 5;
  private static final long SETTLED_MILLIS = 6_000;
  private static final long DEATH_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final int requests;
  private final int deaths;

  private MemoryBench(int requests, int deaths) {
    this.requests = requests;
    this.deaths = deaths;
  }

  public static void main(String[] args) throws IOException {
    MemoryBench bench = new MemoryBench(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
    System.out.printf(
        "| | processes | Σ PSS at start | after %s | next worker ready after, median | most |%n",
        args[0] + " requests");
    System.out.println("| --- | --- | --- | --- | --- | --- |");
    bench.run("`--spawn exec`", Managed.catalyst(), Above.NOTHING);
    bench.run("`--spawn fork`, with its template", Managed.catalyst().forked(), Above.TEMPLATE);
    bench.run("FCGI::ProcManager, with its manager", new Catalyst(), Above.MANAGER);
  }

  private void run(String name, Server server, Above above) throws IOException {
    try (Site site = Site.open("memory")) {
      RunningServer pool = site.start(server, WORKERS);
      // All have served once, so that what every worker does at its first request is done.
      Nginx nginx = site.nginx(pool);
      load(nginx, 200);
      long before = pssBytes(pool, above);
      LoadReport report = load(nginx, requests);
      if (report.lost() > 0) {
        throw new IllegalStateException(name + " lost requests: " + report + site.logs());
      }
      long after = pssBytes(pool, above);
      double[] millis = new double[deaths];
      for (int i = 0; i < deaths; i++) {
        // A worker that dies young is replaced with a delay, by design.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(SETTLED_MILLIS));
        millis[i] = succession(pool);
      }
      Arrays.sort(millis);
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %.1f MB | %.1f MB | %.1f ms | %.1f ms |%n",
          name,
          above == Above.NOTHING ? WORKERS : WORKERS + 1,
          before / 1e6,
          after / 1e6,
          millis[deaths / 2],
          millis[deaths - 1]);
      Signals.send(pool.managerPid(), "TERM");
      Until.until(site, () -> !pool.isAlive());
    }
  }

  private static LoadReport load(Nginx nginx, int requests) {
    return Load.on(nginx.address())
        .within(Limits.usual().requests(requests).within(Duration.ofMinutes(30)))
        .run();
  }

  /** What the application's memory is in, besides the workers. */
  private enum Above {
    NOTHING,
    TEMPLATE,
    MANAGER
  }

  private static long pssBytes(RunningServer pool, Above above) throws IOException {
    List<Integer> pids =
        new ArrayList<>(
            switch (above) {
              case NOTHING, MANAGER -> pool.workerPids();
              case TEMPLATE -> children(pool.managerPid());
            });
    if (above == Above.MANAGER) {
      pids.add(pool.managerPid());
    }
    long sum = 0;
    for (int pid : pids) {
      for (String line : Files.readAllLines(Path.of("/proc", "" + pid, "smaps_rollup"))) {
        if (line.startsWith("Pss:") || line.startsWith("SwapPss:")) {
          sum += Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    }
    return sum;
  }

  /** Kills the newest worker, and gives the time until a new one waits for requests. */
  private static double succession(RunningServer pool) throws IOException {
    Set<Integer> before = new HashSet<>(children(pool.managerPid()));
    int victim = pool.workerPids().getLast();
    long start = System.nanoTime();
    ProcessHandle.of(victim).orElseThrow().destroyForcibly();
    while (System.nanoTime() - start < DEATH_LIMIT_NANOS) {
      for (int pid : children(pool.managerPid())) {
        if (!before.contains(pid) && waits(pid)) {
          return (System.nanoTime() - start) / 1e6;
        }
      }
    }
    throw new IllegalStateException("no successor of " + victim + ": " + pool.log());
  }

  private static boolean waits(int pid) {
    return ProcessInfo.of(pid)
        .filter(process -> {
          try (Peek peek = Peek.at(new ProcessId(pid, process.startTicks()))) {
            return peek.now() instanceof Look.Idle;
          }
        })
        .isPresent();
  }

  private static List<Integer> children(int manager) throws IOException {
    List<Integer> children = new ArrayList<>();
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc", "" + manager, "task"))) {
      for (Path thread : threads) {
        for (String pid : childrenOf(thread).strip().split(" ", -1)) {
          if (!pid.isEmpty()) {
            children.add(Integer.valueOf(pid));
          }
        }
      }
    }
    return children;
  }

  /** None where the thread has ended since it was listed, as kidreaper's do. */
  private static String childrenOf(Path thread) throws IOException {
    try {
      return Files.readString(thread.resolve("children"));
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
