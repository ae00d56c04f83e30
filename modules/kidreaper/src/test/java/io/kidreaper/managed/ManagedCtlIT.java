package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.server.Managed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code kidreaper ctl} and a pool that {@code kidreaper run} keeps: asked, changed, ended. */
class ManagedCtlIT {
  @Test
  void tellsHowThePoolIs() {
    try (ManagedSite site = ManagedSite.open(Managed.bareFcgi(), 2)) {
      until(site.site(), () -> worker(site).has("privateBytes"));

      JsonNode pool = site.ctl("status", "--json").json();

      assertThat(pool.path("name").asString()).isEqualTo("fcgi.pm");
      assertThat(pool.path("pid").asInt()).isEqualTo(site.pool().managerPid());
      assertThat(pool.path("state").asString()).isEqualTo("serving");
      assertThat(pool.path("ready").asInt()).isEqualTo(2);
      assertThat(pool.path("requestsCut").asInt()).isZero();
      assertThat(site.workerPids()).contains(pool.path("workers").path(0).path("pid").asInt());
      Path state = Managed.state(site.site().dir());
      assertThat(state.resolve("fcgi.pm.json")).exists();
      assertThat(mode(state)).isEqualTo("rwx------");
      assertThat(mode(state.resolve("fcgi.pm.sock"))).isEqualTo("rw-------");
      assertThat(mode(state.resolve("fcgi.pm.json"))).isEqualTo("rw-------");
    }
  }

  @Test
  void changesThePoolWhileItIsFollowed() {
    try (ManagedSite site = ManagedSite.open(Managed.bareFcgi(), 2)) {
      Path events = site.site().dir().path("events");
      Program.Running following =
          Kidreaper.with(
                  "ctl", "--state", Managed.state(site.site().dir()), "events", "--follow", "-n", 0)
              .to(events)
              .within(Duration.ofMinutes(3))
              .start();

      List<Integer> before = site.workerPids();
      Run refused = site.ctl("retire", site.pool().managerPid());
      assertThat(refused.status()).as(refused.toString()).isEqualTo(1);
      assertThat(refused.err()).contains("is no worker of this pool");
      assertThat(site.workerPids()).isEqualTo(before);

      done(site.ctl("retire", before.getFirst()));
      until(site.site(), () -> !site.workerPids().contains(before.getFirst()));
      done(site.ctl("scale", 4));
      until(site.site(), () -> site.ctl("status").out().contains("4 ready, 0 starting, 0 drain"));
      done(site.ctl("limit", "1G"));
      assertThat(site.ctl("status").out()).contains("limits: 1.0G a worker");
      done(site.ctl("restart"));
      until(site.site(), () -> site.ctl("events").out().contains("  restarted  "));
      assertThat(site.workerPids()).doesNotContainAnyElementsOf(before);
      assertThat(site.ctl("status").out()).contains("generation 2");

      done(site.ctl("stop"));
      until(site.site(), () -> !site.pool().isAlive());
      Run followed = following.await();
      assertThat(followed.status()).as(followed.toString()).isZero();
      assertThat(events)
          .content()
          .contains("  retired  ", "  restarted  ", "  stop  ")
          .contains("worker " + before.getFirst());
      assertThat(site.workerPids()).isEmpty();

      Run nobody = site.ctl("status");
      assertThat(nobody.status()).as(nobody.toString()).isEqualTo(69);
      assertThat(Managed.state(site.site().dir()).resolve("fcgi.pm.json")).doesNotExist();
      assertThat(Managed.state(site.site().dir()).resolve("fcgi.pm.sock")).doesNotExist();
    }
  }

  @Test
  void endsAtOnceWhenToldSo() {
    try (ManagedSite site = ManagedSite.open(Managed.bareFcgi(), 2)) {
      done(site.ctl("stop", "now"));
      until(site.site(), () -> !site.pool().isAlive());
      assertThat(site.workerPids()).isEmpty();
      assertThat(site.log()).contains("stopping at once: no request is cut");
    }
  }

  private static JsonNode worker(ManagedSite site) {
    return site.ctl("status", "--json").json().path("workers").path(0);
  }

  private static void done(Run run) {
    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out()).isNotBlank();
    assertThat(run.err()).isEmpty();
  }

  private static String mode(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
