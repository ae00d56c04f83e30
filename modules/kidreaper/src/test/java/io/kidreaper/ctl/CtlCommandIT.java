package io.kidreaper.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Nobody;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.control.ControlServer;
import io.kidreaper.control.RecordingHandler;
import io.kidreaper.control.Statuses;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.TempDir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The packaged command against a server in this JVM. */
class CtlCommandIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final RecordingHandler handler = new RecordingHandler("shop");

  @SuppressWarnings("NullAway.Init")
  private TempDir dir;

  @SuppressWarnings("NullAway.Init")
  private ControlServer server;

  @BeforeEach
  void serve() {
    dir = TempDir.create("ctl");
    int me = new NativeLibc().effectiveUserId();
    server =
        ((ControlServer.Opened.Open) ControlServer.open(socket(), me, handler, _ -> {})).server();
  }

  @AfterEach
  void close() {
    server.close();
    dir.close();
  }

  private Path socket() {
    return dir.path("shop.sock");
  }

  private Program ctl(Object... words) {
    return Kidreaper.with("ctl", "--state", dir).and(words);
  }

  @Test
  void asksAndTells() {
    Run status = ctl("status", "--json").run();
    assertThat(status.status()).as(status.toString()).isZero();
    assertThat(status.json().path("name").asString()).isEqualTo("shop");

    Run scale = ctl("scale", "8").run();
    assertThat(scale.status()).as(scale.toString()).isZero();
    assertThat(scale.out()).contains("workers=8");

    Run other = ctl("--name", "blog", "status").run();
    assertThat(other.status()).as(other.toString()).isEqualTo(69);
    assertThat(other.err()).contains("there are: shop");
  }

  @Test
  void followingEndsAtOnceAtCtrlC() throws IOException {
    Path out = dir.path("out");
    handler.history.add(Statuses.event("one"));
    Program.Running following = ctl("events", "--follow").to(out).start();
    await().atMost(LONG).until(() -> Files.exists(out) && Files.readString(out).contains("one"));
    handler.history.add(Statuses.event("two"));
    await().atMost(LONG).until(() -> Files.readString(out).contains("two"));

    long start = System.nanoTime();
    Signals.send(following.pid(), "INT");
    Run run = following.await();

    assertThat(run.status()).as(run.toString()).isEqualTo(130);
    assertThat(run.err()).isEmpty();
    // The five seconds that an interrupted command has for its last words are not waited for.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void followingEndsWithTheReaderOfItsOutput() {
    handler.history.add(Statuses.event("one"));
    Program.Running following =
        Program.of("sh", "-c", "\"$@\" | head -n 1", "sh", Kidreaper.ROOT.resolve("kidreaper"))
            .and("ctl", "--state", dir, "events", "--follow")
            .with("PATH", Kidreaper.pathWithoutMaven())
            .start();
    // One is lost in the pipe that nobody reads any more, and the next finds it broken.
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          handler.history.add(Statuses.event("more"));
          return !following.process().isAlive();
        });
    assertThat(following.await().out().lines()).hasSize(1);
  }

  @Test
  void anotherUserIsAnsweredByARefusalAlone() throws IOException {
    Nobody.needsRoot();
    Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));

    Run run = Kidreaper.with("ctl", "--socket", socket(), "stop", "now").asNobody().run();

    assertThat(run.status()).as(run.toString()).isEqualTo(1);
    assertThat(run.err()).contains("belongs to user 0 and answers only to that one and to root");
    assertThat(handler.asked).isEmpty();
  }

  @Test
  void withoutTheRightToConnectThatIsSaid() throws IOException {
    Nobody.needsRoot();
    Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-------"));

    Run run = Kidreaper.with("ctl", "--socket", socket(), "status").asNobody().run();

    assertThat(run.status()).as(run.toString()).isEqualTo(1);
    assertThat(run.err()).contains("cannot connect", "Permission denied");
  }
}
