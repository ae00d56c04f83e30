package io.kidreaper.linux.trace;

import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Follows one worker in a JVM of its own, so that it can be killed: {@code PID START_TICKS}. */
final class FollowMain {
  private FollowMain() {}

  public static void main(String[] args) {
    ProcessId target = new ProcessId(Integer.parseInt(args[0]), Long.parseLong(args[1]));
    VisitListener listener =
        new VisitListener() {
          @Override
          public void begins() {
            System.out.println("begun");
          }

          @Override
          public boolean visited(byte[] head, int length, int connections, long nanos) {
            return true;
          }
        };
    try (Tracer tracer = Tracer.start()) {
      Duration most = Duration.ofSeconds(40);
      System.out.println(tracer.follow(target, most, most, Cancel.NEVER, listener));
    }
  }

  static Process start(ProcessId target) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            FollowMain.class.getName(),
            Integer.toString(target.pid()),
            Long.toString(target.startTicks()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
