package io.kidreaper.managed;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Nobody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In which circumstances a worker finds itself, read from the kernel and not from the worker. */
class ManagedWorkerIT {
  @BeforeEach
  void root() {
    Nobody.needsRoot();
  }

  /** Whatever kidreaper was given by its own parent, and whatever the JVM made of it. */
  @Test
  void aWorkerGetsWhatWasAskedAndNothingOfKidreapersOwn() throws IOException {
    try (LinePool pool = LinePool.open()) {
      LinePool.Running running =
          pool.under("env", "--ignore-signal=HUP,USR1,PIPE", "--block-signal=USR2,WINCH")
              .under("LISTEN_PID=1", "LISTEN_FDS=1", "NOTIFY_SOCKET=/no/such/socket")
              .under("WATCHDOG_USEC=1000000", "SEEN=yes")
              .under("setpriv", "--groups=1,2,3", "--")
              .under("prlimit", "--nofile=777:4096", "--")
              .with("--user", "www-data", "--umask", "027", "--chdir", "/usr")
              .with("--env", "MODE=production", "--env", "EMPTY=", "--ready", "immediately")
              .running("sleep", "1000")
              .startReady(1);
      Path worker = Path.of("/proc/" + running.workers().getFirst());
      Until.until(pool.site(), () -> LinePool.read(worker.resolve("comm")).equals("sleep\n"));

      assertThat(descriptors(worker)).isEqualTo(Set.of("0 socket", "1 pipe", "2 pipe"));
      assertThat(status(worker))
          .contains("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000", "Umask:\t0027")
          .contains("Uid:\t33\t33\t33\t33", "Gid:\t33\t33\t33\t33", "Groups:\t33 ");
      assertThat(worker.resolve("cwd").toRealPath()).isEqualTo(Path.of("/usr"));
      assertThat(Files.readString(worker.resolve("limits")))
          .containsPattern("Max open files +777 +4096 ");
      assertThat(List.of(Files.readString(worker.resolve("environ")).split("\0", -1)))
          .contains("MODE=production", "EMPTY=", "SEEN=yes")
          .noneMatch(it -> it.matches("(LISTEN_|NOTIFY_|WATCHDOG_|KIDREAPER_(?!TEST_BED)).*"));
      // A session of its own: no terminal's Ctrl-C and no hangup reaches it.
      assertThat(Files.readString(worker.resolve("stat")).split(" ", -1)[5])
          .isEqualTo(worker.getFileName().toString());
    }
  }

  private static Set<String> descriptors(Path worker) throws IOException {
    try (Stream<Path> all = Files.list(worker.resolve("fd"))) {
      return all.map(fd -> fd.getFileName() + " " + kind(fd)).collect(Collectors.toSet());
    }
  }

  private static String kind(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString().replaceAll(":.*", "");
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static List<String> status(Path worker) throws IOException {
    return Files.readAllLines(worker.resolve("status"));
  }
}
