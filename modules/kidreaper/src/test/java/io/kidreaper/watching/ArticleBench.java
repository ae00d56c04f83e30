package io.kidreaper.watching;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.PrivateMemory;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.Catalyst;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The article's case side by side, for {@code bench/watch/article}: a Catalyst pool that grows
 * under load, kept by nobody, by the cron script (run every 10 s), and by {@code kidreaper watch}.
 * Once it leaks, and once it only unshares what its workers have in common, which the script cannot
 * see.
 */
public final class ArticleBench {
  private static final int WORKERS = 5;
  private static final long MEGABYTE = 1 << 20;

  /** Of virtual size, which is all that the script sees: below it lies what every worker maps. */
  private static final long SCRIPT_LIMIT_MB = 150;

  private enum Keeper {
    NOBODY,
    SCRIPT,
    WATCH
  }

  private ArticleBench() {}

  /**
   * @param args for how many seconds
   */
  public static void main(String[] args) {
    Duration time = Duration.ofSeconds(Long.parseLong(args[0]));
    System.out.println(
        "| pool | limit | kept by | peak, all workers' private | peak, one worker | replaced | requests | lost | p99 ms |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (Keeper keeper : Keeper.values()) {
      run("leaks 512 KB in one of 6 requests", new Route.Leak(512), 150, keeper, time);
    }
    for (Keeper keeper : Keeper.values()) {
      run("unshares 512 KB in one of 6 requests", new Route.Unshare(512), 40, keeper, time);
    }
  }

  private static void run(String what, Route grows, int limitMb, Keeper keeper, Duration time) {
    try (Site site = Site.open("article")) {
      RunningServer pool = site.start(new Catalyst(), WORKERS);
      Nginx nginx = site.nginx(pool);
      keep(site, pool, limitMb, keeper);
      RunningLoad load =
          Load.on(nginx.address())
              .of(Mix.quick().and(2, _ -> grows))
              .connections(4)
              .every(Duration.ofMillis(10))
              .within(Limits.usual().requests(1_000_000).within(time.plusMinutes(1)))
              .start();
      long start = System.nanoTime();
      long peakAll = 0;
      long peakOne = 0;
      Set<Integer> seen = new HashSet<>();
      while (System.nanoTime() - start < time.toNanos()) {
        long all = 0;
        for (int worker : pool.workerPids()) {
          seen.add(worker);
          long bytes = bytes(worker);
          all += bytes;
          peakOne = Math.max(peakOne, bytes);
        }
        peakAll = Math.max(peakAll, all);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
      LoadReport report = load.stop();
      System.out.printf(
          Locale.ROOT,
          "| %s | %d MB | %s | %d MB | %d MB | %d | %d | %d | %.0f |%n",
          what,
          limitMb,
          switch (keeper) {
            case NOBODY -> "nobody";
            case SCRIPT -> "the script, every 10 s";
            case WATCH -> "`kidreaper watch`";
          },
          peakAll / MEGABYTE,
          peakOne / MEGABYTE,
          Math.max(0, seen.size() - WORKERS),
          report.requests(),
          report.lost(),
          report.p99Millis());
    }
  }

  private static void keep(Site site, RunningServer pool, int limitMb, Keeper keeper) {
    switch (keeper) {
      case NOBODY -> {}
      case SCRIPT ->
          site.run(
              "script",
              Command.of(
                  "sh",
                  "-c",
                  "while kill -0 $1; do perl \"$2\" $1 $3; sleep 10; done",
                  "script",
                  pool.managerPid(),
                  Kidreaper.ROOT.resolve("bench/sweep/article.pl"),
                  SCRIPT_LIMIT_MB * MEGABYTE));
      case WATCH -> {
        Watching _ =
            Watching.start(
                site, "--pidfile", pool.pidfile().orElseThrow(), "--limit", limitMb + "M");
      }
    }
  }

  /** 0 of one that has just ended. */
  private static long bytes(int pid) {
    try {
      return PrivateMemory.dirtyKilobytes(pid) * 1024;
    } catch (UncheckedIOException | NoSuchElementException e) {
      return 0;
    }
  }
}
