package io.kidreaper.watching;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Nobody;
import io.kidreaper.command.Run;
import io.kidreaper.sweep.Pool;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Managers that come, go, and make trouble; and the pools beside them. */
class WatchManagersIT {
  /** A pool that is away is told once, and found again when it has another manager. */
  @Test
  void aManagerThatRestartsIsFoundAgain() throws IOException {
    try (Site site = Site.open("again")) {
      Pool first = Pool.start(site, 2);
      Path pidfile = site.dir().directory("run").resolve("pool.pid");
      Files.writeString(pidfile, first.managerPid() + "\n");
      Watching watch = Watching.quick(site, "--pidfile", pidfile);
      watch.awaitSaid("found: process " + first.managerPid());
      Signals.send(first.managerPid(), "KILL");
      watch.awaitSaid("is away: .*process " + first.managerPid() + ",? has ended");

      Pool second = Pool.start(site, 2, "grow=0:60");
      Files.writeString(pidfile, second.managerPid() + "\n");
      watch.awaitSaid("found: process " + second.managerPid());
      watch.awaitSaid("worker " + second.pid(0) + " left");

      assertThat(first.signals()).as("of a pool that was under its limit").isEmpty();
      assertThat(second.signals()).containsExactly(second.pid(0) + " HUP");
    }
  }

  /** Another pid in the pidfile is another manager, and the former one's workers are let be. */
  @Test
  void aPidfileThatNamesAnotherManagerIsFollowed() throws IOException {
    try (Site site = Site.open("renamed")) {
      Pool first = Pool.start(site, 2);
      Pool second = Pool.start(site, 2);
      Path pidfile = site.dir().directory("run").resolve("pool.pid");
      Files.writeString(pidfile, first.managerPid() + "\n");
      Watching watch = Watching.quick(site, "--pidfile", pidfile);
      watch.awaitSaid("found: process " + first.managerPid());
      Files.writeString(pidfile, "");
      Files.writeString(pidfile, second.managerPid() + "\n");
      watch.awaitSaid("found: process " + second.managerPid());
      // Torn, then of a user who may name only his own: neither is believed.
      Files.writeString(pidfile, second.managerPid() + "\n17 and more\n");
      Files.delete(pidfile);
      Path theirs = Nobody.owns(site.dir().directory("theirs")).resolve("pool.pid");
      Files.writeString(theirs, first.managerPid() + "\n");
      Nobody.owns(theirs);
      Files.createSymbolicLink(pidfile, theirs);
      watch.awaitSaid("is away");
      assertThat(watch.ctl("status").out()).contains(": away since");
      assertThat(first.signals()).isEmpty();
      assertThat(second.signals()).isEmpty();
    }
  }

  /** A manager that dies of our signal is not touched again until a person says so. */
  @Test
  void aManagerThatDiesAfterASignalFreezesItsPoolAndNoOther() throws IOException {
    try (Site site = Site.open("frozen")) {
      Pool fragile = Pool.start(site, 3, "grow=0:60", "ends=die");
      Pool sound = Pool.start(site, 3);
      Path pidfile = site.dir().directory("run").resolve("fragile.pid");
      Files.writeString(pidfile, fragile.managerPid() + "\n");
      Path config =
          Watching.config(
              site,
              "[defaults]",
              "limit = \"30M\"",
              "min-age = \"2s\"",
              "pause = \"0s\"",
              "every = \"100ms\"",
              "[pool.fragile]",
              "pidfile = \"" + pidfile + "\"",
              "[pool.sound]",
              "pidfile = \"" + sound.pidfile() + "\"");
      Watching watch = Watching.start(site, "--config", config);
      watch.awaitSaid("fragile frozen until resumed: the manager was lost after a signal");
      Pool next = Pool.start(site, 3, "grow=0:60");
      Files.writeString(pidfile, next.managerPid() + "\n");
      watch.awaitSaid("fragile found: process " + next.managerPid());
      assertThat(watch.ctl("status").out())
          .contains("fragile (watched by process " + watch.pid() + "): frozen since")
          .contains("sound (watched by process " + watch.pid() + "): watched since");
      // The other one is acted on meanwhile.
      int worker = sound.pid(1);
      assertThat(watch.ctl("retire", worker).status()).isZero();
      watch.awaitSaid("sound worker " + worker + " left");
      assertThat(next.signals()).isEmpty();

      Run resumed = watch.ctl("resume", "fragile");
      assertThat(resumed.status()).as(resumed.toString()).isZero();
      watch.awaitSaid("fragile worker " + next.pid(0) + " left");
      assertThat(next.signals()).containsExactly(next.pid(0) + " HUP");
    }
  }

  /** A limit that a fresh worker is above already is not acted on. */
  @Test
  void aLimitBelowTheBootSizeRetiresNobodyForEver() {
    try (Site site = Site.open("boot")) {
      Pool pool = Pool.start(site, 2);
      Watching watch =
          Watching.start(
              site,
              "--pidfile",
              pool.pidfile(),
              "--limit",
              "50K",
              "--min-age",
              "2s",
              "--pause",
              "0s",
              "--every",
              "100ms");
      watch.awaitSaid("is not above what a fresh worker has|hardly smaller");
      int signals = pool.signals().size();
      int readings = watch.said("is to go");
      watch.ctl("status");
      assertThat(signals).isLessThanOrEqualTo(8);
      assertThat(watch.said("is to go")).isEqualTo(readings);
    }
  }

  /** By pid the very process is meant; when it is gone for good, so is the watch. */
  @Test
  void aManagerNamedByItsPidDoesNotComeBack() {
    try (Site site = Site.open("bypid")) {
      Pool pool = Pool.start(site, 2, "grow=1:60");
      Watching watch = Watching.quick(site, "--manager", pool.managerPid());
      watch.awaitSaid("worker " + pool.pid(1) + " left");
      Signals.send(pool.managerPid(), "KILL");
      watch.await(() -> !watch.isAlive());
      assertThat(watch.log()).contains("cannot come back", "nothing left to watch");
    }
  }

  /** A shell that stands above the manager is gone past. */
  @Test
  void aWrapperAboveTheManagerIsGonePast() {
    try (Site site = Site.open("wrapper")) {
      Pool pool = Pool.start(site, 2, "grow=1:60");
      int wrapper =
          site.run(
                  "wrapper",
                  Command.of(
                      "sh",
                      "-c",
                      "\"$@\"; exit 1",
                      "wrapper",
                      "perl",
                      site.dir().path("pool.pl"),
                      site.dir().directory("wrapped"),
                      "workers=2",
                      "grow=1:60"))
              .pid();
      Watching watch = Watching.quick(site, "--manager", wrapper);
      watch.awaitSaid("its workers are children of process");
      watch.awaitSaid("worker [0-9]+ left");
      assertThat(pool.signals()).isEmpty();
    }
  }

  /** kidreaper starts the manager, starts it again, and ends it with itself. */
  @Test
  void startsAManagerAndSupervisesIt() throws IOException {
    try (Site site = Site.open("start")) {
      Pool pattern = Pool.start(site, 1);
      Path dir = site.dir().directory("started");
      Watching watch =
          Watching.quick(
              site,
              "--start",
              "perl '%s' '%s' workers=2 grow=1:60".formatted(site.dir().path("pool.pl"), dir));
      watch.awaitSaid("worker [0-9]+ left");
      int first = watch.number("found: process ([0-9]+)");
      assertThat(ProcessInfo.of(first).orElseThrow().parentPid()).isEqualTo(watch.pid());
      // It would not start beside what its former self has left.
      Files.delete(dir.resolve("socket"));
      Signals.send(first, "KILL");
      watch.await(() -> watch.said("found: process") >= 2);
      assertThat(watch.log()).contains("it ended with status 137");
      assertThat(pattern.signals()).isEmpty();
      int second = watch.number("(?s)found: process " + first + ".*found: process ([0-9]+)");
      watch.await(() -> Files.exists(dir.resolve("socket")));
      watch.signal("TERM");
      watch.await(() -> Files.readString(dir.resolve("signals")).contains(second + " TERM"));
      // This manager ignores TERM, as the test above all others wants to see it.
      Signals.send(second, "KILL");
      watch.await(() -> !watch.isAlive());
    }
  }

  /** By a match on the command line, never kidreaper itself, whose own line matches too. */
  @Test
  void isFoundByItsCommandLine() {
    try (Site site = Site.open("match")) {
      Pool pool = Pool.start(site, 2, "grow=0:60");
      Watching watch = Watching.quick(site, "--match", pool.pidfile().getParent() + "( |$)");
      watch.awaitSaid("found: process " + pool.managerPid());
      watch.awaitSaid("worker " + pool.pid(0) + " left");
    }
  }
}
