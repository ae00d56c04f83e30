package io.kidreaper.managed;

import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.server.BareFcgi;
import io.kidreaper.testbed.server.Managed;
import io.kidreaper.testbed.server.PhpFpm;
import io.kidreaper.testbed.server.ProcManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code bench/manager/run} runs: one program under different managers, by turns. */
final class ManagerBench {
  private static final int WORKERS = 5;
  private static final int CONNECTIONS = 8;
  private static final double TICKS_A_SECOND = 100;

  /** One round of one pool. */
  private record Round(double requestsPerSecond, double p99Millis, double cpuMicrosPerRequest) {}

  private record Contestant(
      String program, String manager, RunningServer pool, Nginx nginx, List<Round> rounds) {
    double median(ToDoubleFunction<Round> figure) {
      List<Double> sorted =
          new ArrayList<>(rounds.stream().map(it -> figure.applyAsDouble(it)).sorted().toList());
      return sorted.get(sorted.size() / 2);
    }
  }

  private ManagerBench() {}

  public static void main(String[] args) throws IOException {
    int rounds = Integer.parseInt(args[0]);
    int seconds = Integer.parseInt(args[1]);
    try (Site site = Site.open("manager")) {
      List<Contestant> all =
          List.of(
              contestant(site, "Perl", "kidreaper run", Managed.bareFcgi()),
              contestant(site, "Perl", "spawn-fcgi + multiwatch", new BareFcgi()),
              contestant(site, "Perl", "FCGI::ProcManager", new ProcManager()),
              contestant(site, "PHP", "kidreaper run, php-cgi", Managed.phpCgi()),
              contestant(site, "PHP", "php-fpm", new PhpFpm()));
      List<Contestant> order = new ArrayList<>(all);
      for (Contestant it : all) {
        round(it, 1); // not counted
      }
      for (int i = 0; i < rounds; i++) {
        for (Contestant it : order) {
          it.rounds().add(round(it, seconds));
        }
        Collections.rotate(order, 1);
      }
      print(all);
      for (Contestant it : all) {
        Signals.send(it.pool().managerPid(), "TERM");
        Until.until(site, () -> !it.pool().isAlive());
      }
    }
    // The JVM compiles for minutes what is called once a second.
    idle(20, Duration.ofSeconds(300), Duration.ofSeconds(90));
  }

  private static Contestant contestant(Site site, String program, String manager, Server server) {
    RunningServer pool = site.start(server, WORKERS);
    return new Contestant(program, manager, pool, site.nginx(pool), new ArrayList<>());
  }

  private static Round round(Contestant contestant, int seconds) throws IOException {
    String url = "http://127.0.0.1:" + contestant.nginx().address().getPort() + "/hello";
    long before = cpuTicks(contestant.pool());
    Run run =
        Program.of("wrk", "-t1", "-c" + CONNECTIONS, "-d" + seconds + "s", "--latency", url).run();
    long ticks = cpuTicks(contestant.pool()) - before;
    if (run.status() != 0 || run.out().contains("Non-2xx") || run.out().contains("Socket errors")) {
      throw new IllegalStateException(contestant.manager() + ": " + run);
    }
    double requests = Double.parseDouble(find(run.out(), "(\\d+) requests in")[0]);
    String[] p99 = find(run.out(), "99%\\s+([0-9.]+)(us|ms|s)");
    double unit = p99[1].equals("us") ? 1e-3 : p99[1].equals("ms") ? 1 : 1e3;
    return new Round(
        Double.parseDouble(find(run.out(), "Requests/sec:\\s+([0-9.]+)")[0]),
        Double.parseDouble(p99[0]) * unit,
        ticks / TICKS_A_SECOND * 1e6 / requests);
  }

  private static String[] find(String text, String regex) {
    Matcher matcher = Pattern.compile(regex).matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("no " + regex + " in " + text);
    }
    return Stream.iterate(1, it -> it + 1)
        .limit(matcher.groupCount())
        .map(matcher::group)
        .toArray(String[]::new);
  }

  private static void print(List<Contestant> all) {
    System.out.println("| program | manager | requests/s | to the best | p99 | CPU a request |");
    System.out.println("| --- | --- | --- | --- | --- | --- |");
    for (Contestant it : all) {
      double best =
          all.stream()
              .filter(other -> other.program().equals(it.program()))
              .mapToDouble(other -> other.median(Round::requestsPerSecond))
              .max()
              .orElseThrow();
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %.0f | %.3f | %.1f ms | %.0f µs |%n",
          it.program(),
          it.manager(),
          it.median(Round::requestsPerSecond),
          it.median(Round::requestsPerSecond) / best,
          it.median(Round::p99Millis),
          it.median(Round::cpuMicrosPerRequest));
    }
  }

  /** What kidreaper takes for itself when nothing happens. */
  private static void idle(int workers, Duration settle, Duration measured) throws IOException {
    try (Site site = Site.open("idle")) {
      RunningServer pool = site.start(Managed.bareFcgi(), workers);
      LockSupport.parkNanos(settle.toNanos());
      int pid = pool.managerPid();
      long start = System.nanoTime();
      long before = nanosOnCpu(pid);
      LockSupport.parkNanos(measured.toNanos());
      double share = (double) (nanosOnCpu(pid) - before) / (System.nanoTime() - start);
      System.out.printf(
          Locale.ROOT,
          "%nkidreaper with %d idle workers, %d s after its start: %.2f %% of one CPU over %d s, RSS %.1f MB, PSS %.1f MB,"
              + " private %.1f MB%n",
          workers,
          settle.toSeconds(),
          share * 100,
          TimeUnit.NANOSECONDS.toSeconds(measured.toNanos()),
          rollup(pid, "Rss:"),
          rollup(pid, "Pss:"),
          rollup(pid, "Private_Clean:") + rollup(pid, "Private_Dirty:"));
      Signals.send(pid, "TERM");
      Until.until(site, () -> !pool.isAlive());
    }
  }

  private static double rollup(int pid, String key) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup")).stream()
            .filter(line -> line.startsWith(key))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        / 1024.0;
  }

  /** Of all threads: proc_pid_schedstat(5) counts in ns, where stat counts in ticks. */
  private static long nanosOnCpu(int pid) throws IOException {
    long sum = 0;
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads.toList()) {
        sum += Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]);
      }
    }
    return sum;
  }

  private static long cpuTicks(RunningServer pool) throws IOException {
    long sum = ticks(pool.managerPid());
    for (ProcessInfo worker : pool.workers()) {
      sum += ticks(worker.pid());
    }
    return sum;
  }

  /** utime and stime, the twelfth and thirteenth after the name: proc_pid_stat(5). */
  private static long ticks(int pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }
}
