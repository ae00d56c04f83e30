package io.kidreaper.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Nobody;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.server.ProcManager;
import org.junit.jupiter.api.Test;

/** {@code kidreaper doctor} on real pools. It touches nobody. */
class DoctorCommandIT {
  @Test
  void ofARealPoolItTellsTheServerItsSignalAndTheMoment() {
    Nobody.needsRoot();
    try (Site site = Site.open("doctor")) {
      RunningServer pool = site.start(new ProcManager(), 3);

      Run run = Kidreaper.run("doctor", "--manager", pool.managerPid());

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(run.out())
          .contains("pool of process " + pool.managerPid() + " (", ": 3 workers")
          .containsPattern("(?m)^  ok +server +FCGI::ProcManager$")
          .containsPattern("(?m)^  ok +signal +HUP, on which a worker of it leaves$")
          .containsPattern("(?m)^  ok +moment +boundary: ")
          .containsPattern("(?m)^  ok +spawn +fork is possible, ")
          .endsWith("Nothing is in the way.\n");
    }
  }

  @Test
  void toAUserWithoutTheRightsItSaysWhatToChange() {
    Nobody.needsRoot();
    try (Site site = Site.open("doctor")) {
      Listener pool = Listener.start(site, 1);

      Run run = Kidreaper.with("doctor", "--manager", pool.managerPid()).asNobody().run();

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.out())
          .contains("user " + Nobody.USER_ID)
          .containsPattern("(?m)^  NO +measure private memory .*\n +Run as root or as the workers'")
          .containsPattern("(?m)^  NO +retire at the boundary .*\n +.*CAP_SYS_PTRACE")
          .containsPattern("(?m)^  NO +moment +idle: ")
          .endsWith("Something is in the way.\n");
    }
  }

  @Test
  void whereNoSignalIsSafeThatIsInTheWay() {
    try (Site site = Site.open("doctor")) {
      Listener pool = Listener.start(site, 1, "title=[celeryd: celery@h:ForkPoolWorker-1]");

      Run run = Kidreaper.run("doctor", "--manager", pool.managerPid());

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.out())
          .containsPattern("(?m)^  NO +server +celery: .*worker_max_memory_per_child");
    }
  }

  @Test
  void helpersAreNamedAndAreNotInTheWay() {
    Nobody.needsRoot();
    try (Site site = Site.open("doctor")) {
      Listener pool = Listener.start(site, 2, "helper=1");

      Run run = Kidreaper.run("doctor", "--manager", pool.managerPid());

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(run.out())
          .containsPattern("(?m)^  -- +helper +process " + pool.worker() + " \\(perl.*left alone$");
    }
  }

  @Test
  void ofWorkersWithoutAListeningSocketItSaysWhatWillBeDone() {
    try (Site site = Site.open("doctor")) {
      Listener pool = Listener.start(site, 2, "socket=none");

      Run run = Kidreaper.run("doctor", "--manager", pool.managerPid());

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.out())
          .containsPattern("(?m)^  NO +listening socket +no worker holds one")
          .contains("at the boundary and", "--at any signals them")
          .containsPattern("(?m)^  NO +moment +none: ");

      Run reap = Kidreaper.run("reap", "--manager", pool.managerPid(), "--limit", "1");

      assertThat(reap.status()).as(reap.toString()).isEqualTo(1);
      assertThat(reap.out()).contains("not signalled: it cannot be judged: it holds no listening");
      assertThat(pool.signals()).isEmpty();
    }
  }
}
