package io.kidreaper.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Nobody;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.server.ProcManager;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code kidreaper retire} on one worker of a real pool, as a user would. */
class RetireCommandIT {
  private static final String LEFT = "left after \\d+ ms, replaced by \\d+ after \\d+ ms";

  private static void tracingByTheSameUserIsPermitted() {
    assumeFalse(Files.exists(Path.of("/proc/sys/kernel/yama/ptrace_scope")), "needs no yama");
  }

  private static void assertOnlyThisOneIsGone(Set<Identity> before, Set<Identity> after, int pid) {
    assertThat(after).hasSameSizeAs(before);
    assertThat(before)
        .filteredOn(one -> !after.contains(one))
        .singleElement()
        .satisfies(one -> assertThat(one.pid()).isEqualTo(pid));
  }

  @Test
  void oneWorkerOfARealPoolLeavesAndIsReplacedAndNoOtherIsTouched() {
    try (Site site = Site.open("retire")) {
      RunningServer pool = site.start(new ProcManager(), 3);
      Set<Identity> before = Identity.childrenOf(pool.managerPid());
      int worker = pool.workerPids().get(1);

      Run run = Kidreaper.run("retire", worker);

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(run.err()).isEmpty();
      assertThat(run.out())
          .matches(
              "worker W of FCGI::ProcManager, signal HUP\nworker W: LEFT.*\n"
                  .replace("W", Integer.toString(worker))
                  .replace("LEFT", LEFT));
      assertOnlyThisOneIsGone(before, Identity.childrenOf(pool.managerPid()), worker);
    }
  }

  @ParameterizedTest
  @CsvSource({"boundary", "idle", "any"})
  void itIsTheSameAtEveryMomentWhereNothingIsInTheWay(String at) {
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 2);
      Set<Identity> before = Identity.of(pool.workers());
      int worker = pool.worker();

      Run run = Kidreaper.run("retire", worker, "--at", at, "--manager", pool.managerPid());

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(run.out()).contains("of an unknown server, signal HUP").containsPattern(LEFT);
      assertThat(pool.signals()).containsExactly(worker + " HUP");
      assertOnlyThisOneIsGone(before, Identity.of(pool.workers()), worker);
    }
  }

  @ParameterizedTest
  @CsvSource({"boundary", "idle"})
  void theWorkersOwnUserMayDoItToo(String at) {
    Nobody.needsRoot();
    tracingByTheSameUserIsPermitted();
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.startAsNobody(site, 2);
      int worker = pool.worker();

      Run run = Kidreaper.with("retire", worker, "--at", at).asNobody().run();

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(run.out()).containsPattern(LEFT);
      assertThat(run.err()).isEmpty();
      assertThat(pool.signals()).containsExactly(worker + " HUP");
    }
  }

  /** Neither tracing nor looking is permitted: it says so, and does not signal in the dark. */
  @Test
  void anotherUsersWorkerIsLeftAloneAndTheMissingRightIsToldOnce() {
    Nobody.needsRoot();
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 2);

      Run run = Kidreaper.with("retire", pool.worker()).asNobody().run();

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.out()).contains("not signalled: ");
      assertThat(run.err())
          .containsOnlyOnce("workers cannot be held between two requests here")
          .contains("CAP_SYS_PTRACE");
      assertThat(pool.signals()).isEmpty();
    }
  }

  @Test
  void oneThatHoldsAConnectionIsLeftAloneAfterThePatience() throws IOException {
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 1);
      Set<Identity> before = Identity.of(pool.workers());
      try (SocketChannel held = pool.connect()) {
        Run run = Kidreaper.run("retire", pool.worker(), "--patience", "500ms");

        assertThat(run.status()).as(run.toString()).isEqualTo(1);
        assertThat(run.out()).contains("BUSY, left alone: it held a connection");
        assertThat(held.isConnected()).isTrue();
      }
      assertThat(pool.signals()).isEmpty();
      assertThat(Identity.of(pool.workers())).isEqualTo(before);
    }
  }

  @Test
  void oneThatIgnoresTheSignalIsReportedAndKilledOnlyOnRequest() {
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 2, "hup=ignore");
      Set<Identity> before = Identity.of(pool.workers());
      int worker = pool.worker();

      Run stays = Kidreaper.run("retire", worker, "--grace", "500ms");

      assertThat(stays.status()).as(stays.toString()).isEqualTo(1);
      assertThat(stays.out())
          .containsPattern("STILL THERE after \\d+ ms: it waits for requests and ignores");
      assertThat(Identity.of(pool.workers())).isEqualTo(before);

      Run killed = Kidreaper.run("retire", worker, "--grace", "500ms", "--escalate", "kill");

      assertThat(killed.status()).as(killed.toString()).isZero();
      assertThat(killed.out()).containsPattern("killed, left after .*, replaced by \\d+");
      assertThat(pool.signals()).containsExactly(worker + " HUP", worker + " HUP");
      assertOnlyThisOneIsGone(before, Identity.of(pool.workers()), worker);
    }
  }

  /** As a FastCGI worker does that loses its connection between accept and the first byte. */
  @Test
  void oneThatSpinsIsReportedAsStuck() {
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 2, "hup=spin");
      Set<Identity> before = Identity.of(pool.workers());

      Run run = Kidreaper.run("retire", pool.worker(), "--grace", "1s", "--patience", "1s");

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.out()).contains("stuck, it holds no connection and waits for none");
      assertThat(Identity.of(pool.workers())).isEqualTo(before);
    }
  }

  @Test
  void oneThatSpinsIsKilledOnRequestSinceNoRequestCanBeLost() {
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 2, "hup=spin");
      Set<Identity> before = Identity.of(pool.workers());
      int worker = pool.worker();

      Run run =
          Kidreaper.run(
              "retire", worker, "--grace", "1s", "--patience", "1s", "--escalate", "kill");

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(run.out()).containsPattern("killed, left after .*, replaced by \\d+");
      assertThat(pool.signals()).containsExactly(worker + " HUP");
      assertOnlyThisOneIsGone(before, Identity.of(pool.workers()), worker);
    }
  }

  @Test
  void aSignalThatCutsIsRefusedAtAnyMomentAndTheBetterOneNamed() {
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 1, "title=gunicorn: worker [app]");

      Run run = Kidreaper.run("retire", pool.worker(), "--signal", "quit", "--at", "any");

      assertThat(run.status()).as(run.toString()).isEqualTo(2);
      assertThat(run.err()).contains("QUIT at any moment", "gunicorn", "--signal TERM", "--force");
      assertThat(pool.workers()).hasSize(1);
    }
  }

  @Test
  void whereNoSignalIsSafeItSaysWhatToUseAndIsNotMovedButByForce() {
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 1, "title=[celeryd: celery@h:ForkPoolWorker-1]");
      int worker = pool.worker();

      Run refused = Kidreaper.run("retire", worker);

      assertThat(refused.status()).as(refused.toString()).isEqualTo(2);
      assertThat(refused.err()).contains("celery", "worker_max_memory_per_child");
      assertThat(pool.signals()).isEmpty();

      Run forced = Kidreaper.run("retire", worker, "--force", "--signal", "HUP");

      assertThat(forced.status()).as(forced.toString()).isZero();
      assertThat(pool.signals()).containsExactly(worker + " HUP");
    }
  }

  @Test
  void aWorkerOfAnotherManagerIsNotTouched() {
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 1);

      Run run = Kidreaper.run("retire", pool.worker(), "--manager", 1);

      assertThat(run.status()).as(run.toString()).isEqualTo(3);
      assertThat(run.err()).contains("its parent is process " + pool.managerPid());
      assertThat(pool.signals()).isEmpty();
    }
  }

  /** Its own parent, this JVM, would not start another one. */
  @Test
  void aManagerIsNotTakenForAWorker() {
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 2);
      Set<Identity> before = Identity.of(pool.workers());

      Run run = Kidreaper.run("retire", pool.managerPid());

      assertThat(run.status()).as(run.toString()).isEqualTo(3);
      assertThat(run.err())
          // The kernel's name of it is the interpreter's until the script has begun.
          .containsPattern(
              "process " + pool.managerPid() + " \\((listener.pl|perl)\\) is a manager itself: ")
          .contains("2 workers of it share its listening socket, process " + pool.worker())
          .contains("name a worker, or say --manager " + ProcessHandle.current().pid());
      assertThat(run.out()).isEmpty();
      assertThat(Identity.of(pool.workers())).isEqualTo(before);
    }
  }

  @Test
  void aManagersOtherChildIsNotTakenForAWorkerUnlessItIsSaidToBe() {
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 1, "helper=1");
      int helper = pool.worker();

      Run run = Kidreaper.run("retire", helper);

      assertThat(run.status()).as(run.toString()).isEqualTo(3);
      assertThat(run.err()).contains("holds no listening socket", "--manager " + pool.managerPid());

      Run said = Kidreaper.run("retire", helper, "--manager", pool.managerPid());

      assertThat(said.status()).as(said.toString()).isEqualTo(1);
      assertThat(said.out()).contains("not signalled: it cannot be judged: it holds no listening");
      assertThat(pool.workers()).extracting(one -> one.pid()).contains(helper);
    }
  }

  @Test
  void anOrdinaryProcessIsNobodysWorker() throws Exception {
    Process lonely = new ProcessBuilder("sleep", "60").start();
    try {
      Run run = Kidreaper.run("retire", lonely.pid(), "--at", "any", "--signal", "TERM");

      assertThat(run.status()).as(run.toString()).isEqualTo(3);
      assertThat(run.err()).contains("(sleep) holds no listening socket");
      assertThat(lonely.isAlive()).isTrue();
    } finally {
      lonely.destroyForcibly().waitFor();
    }
  }

  @Test
  void aSweepLeavesAHelperAloneAndSaysSo() {
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 2, "helper=1");
      int helper = pool.worker();

      Run run = Kidreaper.run("reap", "--manager", pool.managerPid(), "--limit", "1");

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(run.out())
          .containsPattern(helper + " .* left alone: it holds none of the pool's listening sockets")
          .contains("2 retired and replaced");
      assertThat(pool.signals()).hasSize(2);
    }
  }

  /** Whoever names the manager's parent would retire the manager. */
  @Test
  void aSweepOverTheManagersParentLeavesTheManagerAlone() {
    try (Site site = Site.open("retire")) {
      Listener pool = Listener.start(site, 2);
      Set<Identity> before = Identity.of(pool.workers());

      Run run =
          Kidreaper.run(
              "reap",
              "--manager",
              ProcessHandle.current().pid(),
              "--limit",
              "1",
              "--at",
              "any",
              "--patience",
              "1s",
              "--grace",
              "1s",
              "--dry-run");

      assertThat(run.out())
          .containsPattern(pool.managerPid() + " .* left alone: it is a manager itself: 2 workers");
      assertThat(Identity.of(pool.workers())).isEqualTo(before);
    }
  }
}
