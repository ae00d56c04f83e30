package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.linux.trace.TemplateObserver.Step;
import io.kidreaper.testbed.ProcessInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * kidreaper killed with SIGKILL at each step of holding and forking: the template is one more
 * worker, so is whatever was forked, all of them answer, and nobody is stopped or traced.
 */
class TemplateDeathIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;

  /** Each step at its first time, those of a fork at the second fork too. */
  static Stream<Arguments> moments() {
    List<Arguments> moments = new ArrayList<>();
    for (Step step : Step.values()) {
      moments.add(Arguments.of(step, 1));
    }
    moments.add(Arguments.of(Step.BOOTING, 100));
    moments.add(Arguments.of(Step.FORK_AIMED, 2));
    moments.add(Arguments.of(Step.CLONED, 2));
    // Between each two of the calls that the child is made to make.
    for (int call = 2; call <= 14; call++) {
      moments.add(Arguments.of(Step.CHILD_AIMED, call));
    }
    return moments.stream();
  }

  @ParameterizedTest
  @MethodSource("moments")
  void everybodyServesOn(Step step, int count) throws Exception {
    Process kidreaper = TemplateMain.start(folder, step, count);
    int template;
    try {
      template = awaitStep(kidreaper, step);
    } finally {
      kidreaper.destroyForcibly().waitFor();
    }
    // A fork that was begun may come about after the death.
    List<ProcessInfo> left = settled(folder);
    try {
      assertThat(left).extracting(ProcessInfo::pid).contains(template);
      for (ProcessInfo server : left) {
        await()
            .atMost(LONG)
            .until(() -> TestPool.free(new io.kidreaper.pool.ProcessId(server.pid(), 0)));
      }
      // Each accepts in its turn: the kernel wakes them one after the other.
      Set<Integer> answered = new HashSet<>();
      await()
          .atMost(LONG)
          .until(() -> {
            answered.add(Integer.parseInt(TestTemplate.ask(folder.resolve("s")).split(" ", 2)[0]));
            return answered.size() == left.size();
          });
      assertThat(answered)
          .containsExactlyInAnyOrderElementsOf(left.stream().map(ProcessInfo::pid).toList());
      assertThat(serversOf(folder)).hasSameSizeAs(left);
    } finally {
      left.forEach(
          server -> ProcessHandle.of(server.pid()).ifPresent(ProcessHandle::destroyForcibly));
    }
  }

  /** The same ones for a fifth of a second. */
  private static List<ProcessInfo> settled(Path folder) {
    AtomicReference<List<ProcessInfo>> seen = new AtomicReference<>(List.of());
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(20))
        .during(Duration.ofMillis(200))
        .until(() -> {
          List<ProcessInfo> now = serversOf(folder);
          return pids(seen.getAndSet(now)).equals(pids(now));
        });
    return seen.get();
  }

  private static List<Integer> pids(List<ProcessInfo> processes) {
    return processes.stream().map(ProcessInfo::pid).toList();
  }

  /** The template and all its forks, known by the folder in their environment. */
  private static List<ProcessInfo> serversOf(Path folder) {
    return ProcessInfo.all().stream()
        .filter(ProcessInfo::isAlive)
        .filter(process ->
            Proc.REAL
                .text(Path.of("/proc", Integer.toString(process.pid()), "environ"))
                .map(environment -> environment.contains("KIDREAPER_TEST=" + folder))
                .orElse(false))
        .toList();
  }

  private static int awaitStep(Process kidreaper, Step step) throws IOException {
    BufferedReader reader = kidreaper.inputReader(StandardCharsets.UTF_8);
    int template = 0;
    String line = reader.readLine();
    while (line != null && !line.startsWith("at ")) {
      assertThat(line).doesNotStartWith("never");
      if (line.startsWith("template ")) {
        template = Integer.parseInt(line.substring("template ".length()));
      }
      line = reader.readLine();
    }
    assertThat(line).isEqualTo("at " + step.name().toLowerCase(Locale.ROOT));
    while (template == 0) {
      String next = reader.readLine();
      assertThat(next).isNotNull();
      if (next.startsWith("template ")) {
        template = Integer.parseInt(next.substring("template ".length()));
      }
    }
    return template;
  }
}
