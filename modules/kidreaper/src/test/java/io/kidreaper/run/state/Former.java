package io.kidreaper.run.state;

import io.kidreaper.linux.NativeLibc;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A {@link FormerMain} that runs, and the workers that outlive it. */
final class Former implements AutoCloseable {
  /** Answers each connection on either socket with its pid. */
  static final String WORKER =
      """
      open my $a, '+<&=', 0; open my $b, '+<&=', 3;
      while (1) {
        my $in = ''; vec($in, fileno $_, 1) = 1 for $a, $b;
        select(my $out = $in, undef, undef, undef);
        for my $l ($a, $b) { vec($out, fileno $l, 1) or next; accept(my $c, $l); syswrite $c, "$$\\n"; }
      }
      """;

  private static final int SIGKILL = 9;

  private final Process process;
  private final List<Integer> workers;

  private Former(Process process, List<Integer> workers) {
    this.process = process;
    this.workers = workers;
  }

  static Former start(Path parent, FormerMain.OnTakeover onTakeover, String script, int workers)
      throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                FormerMain.class.getName(),
                parent.toString(),
                onTakeover.name(),
                script,
                Integer.toString(workers))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    String pids = said.readLine();
    if (pids == null) {
      throw new IllegalStateException("the former kidreaper did not start");
    }
    return new Former(process, Stream.of(pids.split(" ", -1)).map(Integer::valueOf).toList());
  }

  List<Integer> workers() {
    return workers;
  }

  long pid() {
    return process.pid();
  }

  /** SIGKILL. */
  void die() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  int awaitExit() throws InterruptedException {
    return process.waitFor();
  }

  /** Ends one of the workers. */
  static void kill(int worker) {
    NativeLibc libc = new NativeLibc();
    int pidfd = libc.pidfdOpen(worker);
    if (pidfd >= 0) {
      libc.pidfdSendSignal(pidfd, SIGKILL);
      while (libc.pollReadable(pidfd, 1_000) != 1) {
        // It is on its way.
      }
      libc.close(pidfd);
    }
  }

  /** Ends it and its workers, which are known to be its own: nobody has reaped them before init. */
  @Override
  public void close() {
    die();
    for (int worker : workers) {
      if (isPerl(worker)) {
        kill(worker);
      }
    }
  }

  private static boolean isPerl(int pid) {
    return ProcessHandle.of(pid)
        .flatMap(handle -> handle.info().command())
        .filter(command -> command.endsWith("/perl"))
        .isPresent();
  }
}
