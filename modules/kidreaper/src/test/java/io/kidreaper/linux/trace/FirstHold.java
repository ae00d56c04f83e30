package io.kidreaper.linux.trace;

import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a worker stands still for in the first deliveries of a JVM: {@code PID START_TICKS
 * PRACTISED}, in a JVM of its own. Prints, for each of six deliveries one after the other, the
 * microseconds from the seizure to the release, and how many classes the JVM loaded meanwhile.
 */
final class FirstHold {
  private static final int SIGTERM = 15;
  private static final int DELIVERIES = 6;

  private FirstHold() {}

  public static void main(String[] args) {
    ProcessId worker = new ProcessId(Integer.parseInt(args[0]), Long.parseLong(args[1]));
    ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
    long[] seized = {classes.getTotalLoadedClassCount(), System.nanoTime()};
    List<String> held = new ArrayList<>();
    Observer observer =
        moment -> {
          long now = System.nanoTime();
          long loaded = classes.getTotalLoadedClassCount();
          if (moment == Observer.Moment.SEIZED) {
            seized[0] = loaded;
            seized[1] = now;
          } else if (moment == Observer.Moment.RELEASED) {
            held.add((now - seized[1]) / 1000 + ":" + (loaded - seized[0]));
          }
        };
    try (Tracer tracer = Tracer.start(Settings.DEFAULT, observer)) {
      if (Boolean.parseBoolean(args[2])) {
        Practice.with(tracer);
        held.clear();
      }
      for (int delivery = 0; delivery < DELIVERIES; delivery++) {
        Delivery _ = tracer.deliver(worker, SIGTERM, Duration.ofSeconds(20));
      }
    }
    System.out.println(String.join(" ", held));
  }

  /** One delivery. */
  record Hold(long micros, long classes) {}

  /** The six deliveries of a new JVM, to a worker that ignores the signal. */
  static List<Hold> measure(ProcessId worker, boolean practised) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                FirstHold.class.getName(),
                Integer.toString(worker.pid()),
                Long.toString(worker.startTicks()),
                Boolean.toString(practised))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return List.of(line.strip().split(" ", -1)).stream()
        .map(text -> text.split(":", -1))
        .map(parts -> new Hold(Long.parseLong(parts[0]), Long.parseLong(parts[1])))
        .toList();
  }
}
