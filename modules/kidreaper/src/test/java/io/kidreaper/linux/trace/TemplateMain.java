package io.kidreaper.linux.trace;

import io.kidreaper.linux.trace.TemplateObserver.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A kidreaper of one template, in a JVM of its own: {@code FOLDER STEP COUNT}. The program listens
 * at {@code FOLDER/s}. When it comes to the step for the so many-th time it says so and stands
 * still, so that it can be killed there. Two workers are forked.
 */
final class TemplateMain {
  private TemplateMain() {}

  public static void main(String[] args) {
    Step step = Step.valueOf(args[1]);
    AtomicInteger left = new AtomicInteger(Integer.parseInt(args[2]));
    TemplateObserver observer =
        at -> {
          if (at == step && left.decrementAndGet() == 0) {
            System.out.println("at " + step.name().toLowerCase(Locale.ROOT));
            while (true) {
              LockSupport.park();
            }
          }
        };
    TestTemplate template =
        TestTemplate.of(
            Path.of(args[0]), TemplateIT.SERVER, TestTemplate.Manner.USUAL.observer(observer));
    System.out.println("template " + template.process.pid());
    for (int i = 0; i < 2; i++) {
      System.out.println("worker " + template.standing().fork().pid());
    }
    System.out.println("never at " + step);
  }

  static Process start(Path folder, Step step, int count) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                TemplateMain.class.getName(),
                folder.toString(),
                step.name(),
                Integer.toString(count)))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
