package io.kidreaper.linux.trace;

import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * One delivery in a JVM of its own: {@code PID START_TICKS SIGNAL MOMENT}. At the moment named it
 * says so and stands still, so that it can be killed there; NONE for no such moment.
 */
final class DeliverMain {
  private DeliverMain() {}

  public static void main(String[] args) {
    ProcessId target = new ProcessId(Integer.parseInt(args[0]), Long.parseLong(args[1]));
    Observer observer =
        moment -> {
          if (moment.name().equals(args[3])) {
            System.out.println("at " + moment.name().toLowerCase(Locale.ROOT));
            while (true) {
              LockSupport.park();
            }
          }
        };
    try (Tracer tracer = Tracer.start(Settings.DEFAULT, observer)) {
      System.out.println(tracer.deliver(target, Integer.parseInt(args[2]), Duration.ofSeconds(20)));
    }
  }

  /** Starts it with the rights of this process. */
  static Process start(ProcessId target, int signal, String moment) throws IOException {
    return new ProcessBuilder(command(target, signal, moment))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Runs it as another user, and gives what it said. */
  static String asUser(int uid, ProcessId target, int signal)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("setpriv", "--reuid", Integer.toString(uid), "--clear-groups", "--"));
    command.addAll(command(target, signal, "NONE"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  private static List<String> command(ProcessId target, int signal, String moment) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        DeliverMain.class.getName(),
        Integer.toString(target.pid()),
        Long.toString(target.startTicks()),
        Integer.toString(signal),
        moment);
  }
}
