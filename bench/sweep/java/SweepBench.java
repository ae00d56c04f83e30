import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures kidreaper's sweep beside the other ways to do it, on the same pools, by turns: all
 * contestants once, then all once more, so that a noisy moment of the machine hits them alike.
 *
 * <p>Arguments: the clone's folder, the folder of the compiled C programs, the JDK's folder, and how
 * many rounds.
 */
final class SweepBench {
  private static final List<Integer> WARM_POOLS = List.of(50, 500, 2_000);
  private static final List<Integer> ONE_SHOT_POOLS = List.of(50, 500, 2_000, 4_000);
  private static final String NOBODY_IS_OVER = "8796093022208";

  private static final String KIDREAPER = "kidreaper";
  private static final String KIDREAPER_C2 = "kidreaper, C2";
  private static final String C = "C, statm";
  private static final String PS = "ps";
  private static final String PERL = "Perl script";

  private final Path root;
  private final Path programs;
  private final Path java;
  private final int rounds;

  private SweepBench(String[] args) {
    root = Path.of(args[0]);
    programs = Path.of(args[1]);
    java = Path.of(args[2], "bin", "java");
    rounds = Integer.parseInt(args[3]);
  }

  public static void main(String[] args) throws IOException {
    new SweepBench(args).run();
  }

  private void run() throws IOException {
    System.out.printf(
        "Linux %s, %d CPUs, Java %s, load %s before the start, %d rounds%n",
        System.getProperty("os.version"),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0],
        rounds);
    System.out.println("\nOne sweep (ms: median wall, least wall, median CPU)");
    for (int children : WARM_POOLS) {
      try (Pool pool = new Pool(programs.resolve("pool"), children)) {
        warm(pool, children);
      }
    }
    System.out.println("\nOne whole command (ms as above, most memory in MB)");
    for (int children : ONE_SHOT_POOLS) {
      try (Pool pool = new Pool(programs.resolve("pool"), children)) {
        oneShot(pool, children);
      }
    }
  }

  private void warm(Pool pool, int children) throws IOException {
    Map<String, Contestant> all = new LinkedHashMap<>();
    all.put(KIDREAPER, warmSweep(pool, children, "-XX:TieredStopAtLevel=1"));
    all.put(KIDREAPER_C2, warmSweep(pool, children, "-XX:+TieredCompilation"));
    all.put(
        C, new Contestant.Resident(children, List.of(program("statm"), pool.pid())));
    all.put(PS, command("ps", "-o", "pid=,vsz=", "--ppid", pool.pid()));
    Map<String, List<Run>> runs = byTurns(all);
    print(children, runs);
    printRatio(runs, KIDREAPER, C);
    printRatio(runs, KIDREAPER_C2, C);
    printRatio(runs, PS, KIDREAPER);
  }

  private Contestant warmSweep(Pool pool, int children, String compiler) throws IOException {
    return new Contestant.Resident(
        children,
        List.of(
            java.toString(),
            "-XX:+UseSerialGC",
            compiler,
            "-Xms8m",
            "-Xmx64m",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "WarmSweep",
            pool.pid()));
  }

  private void oneShot(Pool pool, int children) throws IOException {
    Map<String, Contestant> all = new LinkedHashMap<>();
    all.put(KIDREAPER, command(root.resolve("kidreaper").toString(), pool.pid(), NOBODY_IS_OVER));
    all.put(
        PERL,
        command(
            root.resolve("bench/sweep/article.pl").toString(), pool.pid(), NOBODY_IS_OVER));
    Map<String, List<Run>> runs = byTurns(all);
    print(children, runs);
    printRatio(runs, KIDREAPER, PERL);
  }

  private String program(String name) {
    return programs.resolve(name).toString();
  }

  private Contestant command(String... words) {
    return new Contestant.Command(programs.resolve("measure"), List.of(words));
  }

  private Map<String, List<Run>> byTurns(Map<String, Contestant> contestants) throws IOException {
    Map<String, List<Run>> runs = new LinkedHashMap<>();
    try {
      for (Contestant contestant : contestants.values()) {
        contestant.warmUp();
      }
      for (int round = 0; round < rounds; round++) {
        for (Map.Entry<String, Contestant> contestant : contestants.entrySet()) {
          runs.computeIfAbsent(contestant.getKey(), _ -> new ArrayList<>())
              .add(contestant.getValue().turn());
        }
      }
    } finally {
      for (Contestant contestant : contestants.values()) {
        contestant.close();
      }
    }
    return runs;
  }

  private static void print(int children, Map<String, List<Run>> runs) {
    runs.forEach((name, list) -> {
      long peakRssBytes = Run.most(list, Run::peakRssBytes);
      System.out.printf(
          "%6d  %-14s %9.2f %9.2f %9.2f  %s%n",
          children,
          name,
          Run.median(list, Run::wallNanos) / 1e6,
          Run.least(list, Run::wallNanos) / 1e6,
          Run.median(list, Run::cpuNanos) / 1e6,
          peakRssBytes == 0 ? "" : String.format("%5.1f", peakRssBytes / 1048576.0));
    });
  }

  private static void printRatio(Map<String, List<Run>> runs, String one, String other) {
    List<Run> a = runs.get(one);
    List<Run> b = runs.get(other);
    System.out.printf(
        "        %s / %s: %.2f, least %.2f, CPU %.2f%n",
        one,
        other,
        (double) Run.median(a, Run::wallNanos) / Run.median(b, Run::wallNanos),
        (double) Run.least(a, Run::wallNanos) / Run.least(b, Run::wallNanos),
        (double) Run.median(a, Run::cpuNanos) / Run.median(b, Run::cpuNanos));
  }
}
