package io.kidreaper.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** That a site ends what it started, and says why something did not start. */
class SiteIT {
  private static final class Shell implements Server {
    private final String script;

    Shell(String script) {
      this.script = script;
    }

    @Override
    public Traits traits() {
      return Traits.of("shell", Protocol.HTTP, EnumSet.of(SocketKind.UNIX));
    }

    @Override
    public Launch prepare(TempDir dir, Listen listen, int workers) {
      return Launch.of(Command.of("sh", "-c", script));
    }
  }

  @Test
  void aServerThatEndsAtOnceIsReportedWithWhatItSaid() {
    try (Site site = Site.open("ends")) {
      assertThatThrownBy(() -> site.start(new Shell("echo no such module >&2; exit 3"), 2))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no such module");
    }
  }

  @Test
  void aServerIsNotStartedOnASocketItCannotListenOn() {
    try (Site site = Site.open("socket")) {
      assertThatThrownBy(() -> site.start(new Shell("exit 0"), 2, SocketKind.TCP6))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("TCP6");
    }
  }

  @Test
  void closingEndsOrphansThatIgnoreTerm() {
    Session session;
    try (Site site = Site.open("orphans")) {
      session =
          site.run(
              "orphans",
              Command.of("sh", "-c", "trap '' TERM HUP; sleep 1000 & sleep 1000 & exit 0"));
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> !session.isAlive() && ProcessInfo.inSession(session.pid()).size() == 2);
    }

    assertThat(ProcessInfo.inSession(session.pid())).isEmpty();
  }

  @Test
  void aProcessIsReadAsTheKernelTellsOfIt() {
    try (Site site = Site.open("process")) {
      Session session = site.run("sleep", Command.of("sleep", "1000"));
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> isCalled(session.pid(), "sleep"));

      ProcessInfo process = ProcessInfo.of(session.pid()).orElseThrow();

      assertThat(process.parentPid()).isEqualTo((int) ProcessHandle.current().pid());
      assertThat(process.sessionId()).isEqualTo(session.pid());
      assertThat(process.isAlive()).isTrue();
      assertThat(process.commandLine()).isEqualTo("sleep 1000");
    }
  }

  private static boolean isCalled(int pid, String name) {
    Optional<ProcessInfo> process = ProcessInfo.of(pid);
    return process.isPresent() && process.get().name().equals(name);
  }
}
