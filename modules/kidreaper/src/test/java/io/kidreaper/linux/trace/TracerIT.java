package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tracer promises of one worker, in every state a worker can be in. */
class TracerIT {
  private static final int SIGTERM = 15;
  private static final int SIGKILL = 9;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String TCP = "tcp4:127.0.0.1:0";

  private static final Tracer TRACER = Tracer.start();

  @AfterAll
  static void stop() {
    TRACER.close();
  }

  @ParameterizedTest
  @CsvSource({
    "accept, ''",
    "accept4, ''",
    "poll, ''",
    "poll, nonblock",
    "ppoll, nonblock",
    "select, nonblock",
    "pselect6, nonblock",
    "epoll_wait, ''",
    "epoll_wait, nonblock",
    "epoll_pwait, nonblock",
    "epoll_pwait2, nonblock",
    "poll, loop",
    "epoll_wait, loop",
    "poll, in=epoll",
    "select, in=epoll",
    "poll, limit=30000",
    "epoll_wait, threads=3"
  })
  void anIdleWorkerGetsTheSignalWhileItWaits(String way, String option) {
    try (TestPool pool = TestPool.serve("unix", way, option)) {
      ProcessId worker = pool.ready();

      assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE))
          .isInstanceOfSatisfying(
              Delivered.class,
              delivered -> assertThat(delivered.boundary().where()).isEqualTo(Boundary.Where.IDLE));

      assertThat(pool.awaitEnd(worker)).isEqualTo("exit 0");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"unix", "abstract:kidreaper-it", TCP, "tcp6:::1:0", "tcp4:0.0.0.0:0", "tcp6::::0"})
  void aWorkerHoldingAConnectionIsBusyOnAnyKindOfSocket(String address) throws IOException {
    String own = address.startsWith("abstract") ? address + ProcessHandle.current().pid() : address;
    try (TestPool pool = TestPool.serve(own, "poll", "keepalive", "loop")) {
      ProcessId worker = pool.ready();
      String to = pool.address();
      TestPool.Load held = pool.hold(to);

      assertThat(TRACER.deliver(worker, SIGTERM, SHORT)).isEqualTo(new NotReached.Busy(1, SHORT));
      assertThat(TestPool.free(worker)).isTrue();

      held.process().destroyForcibly();
      assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE)).isInstanceOf(Delivered.class);
      assertThat(pool.awaitEnd(worker)).isEqualTo("exit 0");
    }
  }

  /** A dual-stack listener sees an IPv4 client under a mapped address. */
  @Test
  void aConnectionOfIpv4ToAListenerOfIpv6IsSeen() throws IOException {
    try (TestPool pool = TestPool.serve("tcp6::::0", "accept", "keepalive")) {
      ProcessId worker = pool.ready();
      TestPool.Load held = pool.hold("tcp4:127.0.0.1:" + pool.port());

      assertThat(TRACER.deliver(worker, SIGTERM, SHORT)).isEqualTo(new NotReached.Busy(1, SHORT));

      held.process().destroyForcibly();
    }
  }

  @Test
  void aKeptAliveConnectionIsServedAsIfNothingHadHappened() throws IOException {
    try (TestPool pool = TestPool.serve(TCP, "epoll_wait", "keepalive", "loop");
        Socket client = pool.connect()) {
      ProcessId worker = pool.serving(client);

      for (int round = 0; round < 5; round++) {
        assertThat(TRACER.deliver(worker, SIGTERM, Duration.ofMillis(50)))
            .isInstanceOf(NotReached.Busy.class);
        assertThat(pool.ask(client, "still")).isEqualTo(worker.pid() + " still");
      }
    }
  }

  @Test
  void theHalfClosedConnectionCountsUntilItIsAnswered() throws IOException {
    try (TestPool pool = TestPool.serve(TCP, "accept");
        Socket client = pool.connect()) {
      ProcessId worker = pool.first();
      TestPool.send(client, "sleep 500");
      client.shutdownOutput();
      await().atMost(LONG).until(() -> pool.holds(worker));

      assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE)).isInstanceOf(Delivered.class);

      assertThat(TestPool.answer(client)).isEqualTo(worker.pid() + " sleep 500");
      assertThat(pool.awaitEnd(worker)).isEqualTo("exit 0");
    }
  }

  /** It sleeps in no call at all, and is at the boundary each time it is about to ask. */
  @Test
  void aWorkerThatAsksForAConnectionAgainAndAgainIsHeldAtTheEntryOfItsAccept() {
    try (TestPool pool = TestPool.serve(TCP, "accept", "nonblock")) {
      ProcessId worker = pool.first();

      assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE))
          .isInstanceOfSatisfying(
              Delivered.class,
              delivered ->
                  assertThat(delivered.boundary().where()).isEqualTo(Boundary.Where.ENTRY));

      assertThat(pool.awaitEnd(worker)).isEqualTo("exit 0");
    }
  }

  /** The moment at which a plain signal loses the request: accepted, and nothing read yet. */
  @ParameterizedTest
  @ValueSource(strings = {"", "par"})
  void aRequestThatIsNotReadYetIsAnswered(String beginning) throws IOException {
    try (TestPool pool = TestPool.serve(TCP, "accept");
        Socket client = pool.connect()) {
      ProcessId worker = pool.first();
      client.getOutputStream().write(beginning.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      await().atMost(LONG).until(() -> pool.holds(worker));

      CompletableFuture<Delivery> delivery =
          CompletableFuture.supplyAsync(() -> TRACER.deliver(worker, SIGTERM, PATIENCE));
      await().atMost(LONG).until(() -> traced(worker));

      assertThat(pool.ask(client, "tial")).isEqualTo(worker.pid() + " " + beginning + "tial");
      assertThat(delivery.join())
          .isInstanceOfSatisfying(
              Delivered.class,
              delivered ->
                  assertThat(delivered.boundary().where()).isEqualTo(Boundary.Where.ENTRY));
      assertThat(pool.awaitEnd(worker)).isEqualTo("exit 0");
    }
  }

  /** Its manager's handlers may still be its own: here it would die of the signal. */
  @ParameterizedTest
  @ValueSource(strings = {"sleep", "poll", "select", "epoll"})
  void aNewbornThatWaitsForSomethingElseIsNotSignalledBeforeItsFirstWaitForARequest(String how) {
    try (TestPool pool = TestPool.serve(TCP, "accept", "newborn=" + how + ":700")) {
      ProcessId worker = pool.first();
      try (Peek peek = Peek.at(worker)) {
        assertThat(peek.now()).isEqualTo(new Look.Between());
      }

      assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE)).isInstanceOf(Delivered.class);

      assertThat(pool.awaitEnd(worker)).isEqualTo("exit 0");
    }
  }

  @Test
  void aNewbornOfSeveralThreadsIsNotSignalledEither() {
    try (TestPool pool = TestPool.serve(TCP, "poll", "threads=3", "newborn=poll:60000")) {
      ProcessId worker = pool.first();

      assertThat(TRACER.deliver(worker, SIGTERM, SHORT)).isEqualTo(new NotReached.Busy(0, SHORT));

      assertThat(TestPool.free(worker)).isTrue();
    }
  }

  /** An interrupted sleep and an interrupted poll are the same call to the kernel then. */
  @Test
  void aSleepThatWasInterruptedIsNoWaitForARequestAndAPollIs() throws Exception {
    try (TestPool sleeping = TestPool.serve(TCP, "poll", "newborn=sleep:60000");
        TestPool polling = TestPool.serve(TCP, "poll")) {
      ProcessId newborn = sleeping.first();
      ProcessId idle = polling.ready();
      for (ProcessId worker : List.of(newborn, idle)) {
        polling.kill("STOP", worker);
        await().atMost(LONG).until(() -> state(worker) == 'T');
        polling.kill("CONT", worker);
        await().atMost(LONG).until(() -> restarted(worker));
      }

      assertThat(TRACER.deliver(newborn, SIGTERM, SHORT)).isEqualTo(new NotReached.Busy(0, SHORT));
      assertThat(TRACER.deliver(idle, SIGTERM, PATIENCE)).isInstanceOf(Delivered.class);
      assertThat(polling.awaitEnd(idle)).isEqualTo("exit 0");
    }
  }

  private static boolean restarted(ProcessId process) {
    return Proc.REAL.call(process.pid(), process.pid()) instanceof CallLine.InCall call
        && call.number() == (Architecture.ofThisMachine() instanceof X86Sixty4 ? 219 : 128);
  }

  /** Its answer is out and its connection closed, and still it has something to finish. */
  @ParameterizedTest
  @CsvSource({"accept, sleep", "accept, poll", "accept4, select", "epoll_wait, epoll"})
  void aWorkerThatWorksOnAfterItsAnswerIsNotSignalledBeforeItIsDone(String way, String how)
      throws IOException {
    try (TestPool pool = TestPool.serve(TCP, way, "term=default", "after=" + how + ":700")) {
      ProcessId worker = pool.ready();
      assertThat(pool.ask("last")).isEqualTo(worker.pid() + " last");
      await().atMost(LONG).until(() -> !pool.holds(worker));

      assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE)).isInstanceOf(Delivered.class);

      assertThat(pool.awaitEnd(worker)).isEqualTo("signal 15");
      assertThat(pool.finished(worker)).isTrue();
    }
  }

  /** It comes to no boundary; but nothing is in flight, and no connection can come in meanwhile. */
  @ParameterizedTest
  @ValueSource(strings = {"", "threads=3"})
  void aWorkerThatSpinsIsKilledWhileItIsHeldWithoutAConnection(String option) {
    try (TestPool pool = TestPool.serve(TCP, "accept", "newborn=spin:60000", option)) {
      ProcessId worker = pool.first();
      assertThat(TRACER.deliver(worker, SIGKILL, SHORT)).isEqualTo(new NotReached.Busy(0, SHORT));

      assertThat(TRACER.deliverWithoutConnection(worker, SIGKILL, PATIENCE, Cancel.NEVER))
          .isInstanceOfSatisfying(
              Delivered.class,
              delivered ->
                  assertThat(delivered.boundary().where()).isEqualTo(Boundary.Where.ELSEWHERE));

      assertThat(pool.awaitEnd(worker)).isEqualTo("signal 9");
    }
  }

  @Test
  void aWorkerThatComputesForAConnectionIsNot() throws IOException {
    try (TestPool pool = TestPool.serve(TCP, "accept", "busy=2000000");
        Socket client = pool.connect()) {
      ProcessId worker = pool.first();
      TestPool.send(client, "long");
      await().atMost(LONG).until(() -> pool.holds(worker));

      assertThat(TRACER.deliverWithoutConnection(worker, SIGKILL, SHORT, Cancel.NEVER))
          .isEqualTo(new NotReached.Busy(1, SHORT));

      assertThat(TestPool.answer(client)).isEqualTo(worker.pid() + " long");
    }
  }

  private static boolean traced(ProcessId process) {
    return Proc.REAL.status(process.pid()).orElseThrow().tracerPid().orElseThrow() != 0;
  }

  @Test
  void aWorkerThatIgnoresSignalsIsKilledWithoutLossAndOnlyAtTheBoundary() throws IOException {
    try (TestPool pool = TestPool.serve(TCP, "accept", "term=ignore");
        Socket client = pool.connect()) {
      ProcessId worker = pool.first();
      await().atMost(LONG).until(() -> pool.holds(worker));
      CompletableFuture<Delivery> delivery =
          CompletableFuture.supplyAsync(() -> TRACER.deliver(worker, SIGKILL, PATIENCE));
      await().atMost(LONG).until(() -> traced(worker));

      assertThat(pool.ask(client, "last")).isEqualTo(worker.pid() + " last");

      assertThat(delivery.join()).isInstanceOf(Delivered.class);
      assertThat(pool.awaitEnd(worker)).isEqualTo("signal 9");
    }
  }

  @Test
  void anIgnoredSignalLeavesNoTrace() throws IOException {
    try (TestPool pool = TestPool.serve(TCP, "epoll_wait", "term=ignore")) {
      ProcessId worker = pool.ready();

      assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE)).isInstanceOf(Delivered.class);

      assertThat(TestPool.free(worker)).isTrue();
      assertThat(pool.ask("after")).isEqualTo(worker.pid() + " after");
    }
  }

  @Test
  void aProgramWithoutHandlersDiesOfTheSignalItself() {
    try (TestPool pool = TestPool.serve(TCP, "accept", "term=default")) {
      ProcessId worker = pool.ready();

      assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE)).isInstanceOf(Delivered.class);

      assertThat(pool.awaitEnd(worker)).isEqualTo("signal 15");
    }
  }

  @Test
  void aWorkerStoppedBySigstopStaysStoppedAndUntraced() throws Exception {
    try (TestPool pool = TestPool.serve(TCP, "accept")) {
      ProcessId worker = pool.ready();
      pool.kill("STOP", worker);
      await().atMost(LONG).until(() -> state(worker) == 'T');

      assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE)).isEqualTo(new NotReached.Stopped());

      assertThat(state(worker)).isEqualTo('T');
      assertThat(traced(worker)).isFalse();
      pool.kill("CONT", worker);
      assertThat(pool.ask("on")).isEqualTo(worker.pid() + " on");
    }
  }

  @Test
  void aWorkerThatIsStoppedWhileItIsFollowedStaysStopped() throws Exception {
    try (TestPool pool = TestPool.serve(TCP, "accept");
        Socket client = pool.connect()) {
      ProcessId worker = pool.first();
      await().atMost(LONG).until(() -> pool.holds(worker));
      CompletableFuture<Delivery> delivery =
          CompletableFuture.supplyAsync(() -> TRACER.deliver(worker, SIGTERM, PATIENCE));
      await().atMost(LONG).until(() -> traced(worker));

      TestPool.send(client, "stop");

      assertThat(delivery.join()).isEqualTo(new NotReached.Stopped());
      await().atMost(LONG).until(() -> state(worker) == 'T');
      assertThat(traced(worker)).isFalse();
      pool.kill("CONT", worker);
      assertThat(TestPool.answer(client)).isEqualTo(worker.pid() + " stop");
    }
  }

  private static char state(ProcessId process) {
    return Proc.REAL.stat(process.pid()).orElseThrow().state();
  }

  @ParameterizedTest
  @CsvSource({"exit, has ended", "exec, has become another program"})
  void aWorkerThatGoesAwayWhileItIsFollowedIsReportedSo(String command, String words)
      throws Exception {
    try (TestPool pool = TestPool.serve(TCP, "accept");
        Socket client = pool.connect()) {
      ProcessId worker = pool.first();
      await().atMost(LONG).until(() -> pool.holds(worker));
      CompletableFuture<Delivery> delivery =
          CompletableFuture.supplyAsync(() -> TRACER.deliver(worker, SIGTERM, PATIENCE));
      await().atMost(LONG).until(() -> traced(worker));

      TestPool.send(client, command);

      assertThat(delivery.join())
          .isInstanceOfSatisfying(
              NotReached.class, why -> assertThat(why.words()).isEqualTo(words));
      if (command.equals("exit")) {
        assertThat(pool.awaitEnd(worker)).isEqualTo("exit 3");
      } else {
        assertThat(TestPool.free(worker)).isTrue();
      }
    }
  }

  @Test
  void theChildOfAWorkerThatForksIsLeftAlone() throws Exception {
    try (TestPool pool = TestPool.serve(TCP, "accept");
        Socket client = pool.connect()) {
      ProcessId worker = pool.first();
      await().atMost(LONG).until(() -> pool.holds(worker));
      CompletableFuture<Delivery> delivery =
          CompletableFuture.supplyAsync(() -> TRACER.deliver(worker, SIGTERM, PATIENCE));
      await().atMost(LONG).until(() -> traced(worker));

      assertThat(pool.ask(client, "fork")).isEqualTo(worker.pid() + " fork");

      assertThat(delivery.join()).isInstanceOf(Delivered.class);
      assertThat(pool.awaitEnd(worker)).isEqualTo("exit 0");
    }
  }

  /** A parent in vfork waits for its child in state D: nothing but a SIGKILL gets through. */
  @Test
  void aWorkerInUninterruptibleSleepIsLetGo() throws Exception {
    try (TestPool pool = TestPool.serve(TCP, "accept");
        Socket client = pool.connect()) {
      ProcessId worker = pool.first();
      TestPool.send(client, "vfork 3000");
      await().atMost(LONG).until(() -> state(worker) == 'D');

      assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE))
          .isEqualTo(new NotReached.Uninterruptible());

      assertThat(traced(worker)).isFalse();
      assertThat(TestPool.answer(client)).isEqualTo(worker.pid() + " vfork 3000");
      assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE)).isInstanceOf(Delivered.class);
      assertThat(pool.awaitEnd(worker)).isEqualTo("exit 0");
    }
  }

  @Test
  void aWorkerThatFallsIntoUninterruptibleSleepWhileItIsFollowedIsLetGoInTime() throws Exception {
    try (TestPool pool = TestPool.serve(TCP, "accept");
        Socket client = pool.connect()) {
      ProcessId worker = pool.first();
      await().atMost(LONG).until(() -> pool.holds(worker));
      CompletableFuture<Delivery> delivery =
          CompletableFuture.supplyAsync(
              () -> TRACER.deliver(worker, SIGTERM, Duration.ofSeconds(1)));
      await().atMost(LONG).until(() -> traced(worker));
      TestPool.send(client, "vfork 4000");

      assertThat(delivery.join()).isInstanceOf(NotReached.Busy.class);

      assertThat(traced(worker)).isFalse();
      assertThat(TestPool.answer(client)).isEqualTo(worker.pid() + " vfork 4000");
    }
  }

  @Test
  void aWorkerTracedByAnotherIsLeftToIt() throws Exception {
    try (TestPool pool = TestPool.serve(TCP, "accept")) {
      ProcessId worker = pool.ready();
      Process other =
          new ProcessBuilder(TestPool.PROGRAM.toString(), "trace", Integer.toString(worker.pid()))
              .start();
      try {
        await().atMost(LONG).until(() -> traced(worker));

        assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE))
            .isEqualTo(new NotReached.AlreadyTraced((int) other.pid()));
      } finally {
        other.destroyForcibly().waitFor();
      }
      assertThat(pool.ask("on")).isEqualTo(worker.pid() + " on");
    }
  }

  @Test
  void anotherProcessOfTheSamePidIsNotTouched() throws IOException {
    try (TestPool pool = TestPool.serve(TCP, "accept")) {
      ProcessId worker = pool.ready();
      ProcessId before = new ProcessId(worker.pid(), worker.startTicks() - 1);

      assertThat(TRACER.deliver(before, SIGTERM, PATIENCE)).isEqualTo(new NotReached.NotSame());

      assertThat(pool.ask("on")).isEqualTo(worker.pid() + " on");
    }
  }

  @Test
  void aProcessThatHasEndedHasVanished() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();

    assertThat(TRACER.deliver(new ProcessId((int) ended.pid(), 1), SIGTERM, PATIENCE))
        .isEqualTo(new NotReached.Vanished());
  }

  @Test
  void kidreaperItselfIsRefused() {
    int self = (int) ProcessHandle.current().pid();
    ProcessId process = new ProcessId(self, Proc.REAL.stat(self).orElseThrow().startTicks());

    assertThat(TRACER.deliver(process, SIGTERM, PATIENCE))
        .isInstanceOfSatisfying(
            NotReached.NotPermitted.class,
            why -> assertThat(why.words()).contains("cannot trace itself"));
  }

  @Test
  void aProcessWithoutAListeningSocketCannotBeJudged() throws Exception {
    Process perl = new ProcessBuilder("perl", "-e", "select(undef, undef, undef, 60)").start();
    try {
      int pid = (int) perl.pid();
      ProcessId process = new ProcessId(pid, Proc.REAL.stat(pid).orElseThrow().startTicks());
      await()
          .atMost(LONG)
          .until(() ->
              Blocked.look(Proc.REAL, Architecture.ofThisMachine(), pid)
                  .map(Blocked::inWait)
                  .orElse(false));

      assertThat(TRACER.deliver(process, SIGTERM, PATIENCE))
          .isEqualTo(new NotReached.Unclear(Holding.Why.NO_LISTENING_SOCKET));

      assertThat(TestPool.free(process)).isTrue();
    } finally {
      perl.destroyForcibly().waitFor();
    }
  }

  @Test
  void aCancelledRequestLeavesTheWorkerServing() throws IOException {
    AtomicBoolean cancelled = new AtomicBoolean();
    try (TestPool pool = TestPool.serve(TCP, "accept");
        Socket client = pool.connect()) {
      ProcessId worker = pool.first();
      await().atMost(LONG).until(() -> pool.holds(worker));
      CompletableFuture<Delivery> delivery =
          CompletableFuture.supplyAsync(
              () -> TRACER.deliver(worker, SIGTERM, PATIENCE, cancelled::get));
      await().atMost(LONG).until(() -> traced(worker));

      cancelled.set(true);

      assertThat(delivery.join()).isEqualTo(new NotReached.Cancelled());
      assertThat(traced(worker)).isFalse();
      assertThat(pool.ask(client, "on")).isEqualTo(worker.pid() + " on");
    }
  }

  @Test
  void anotherUserIsToldWhatIsMissing() throws Exception {
    try (TestPool pool = TestPool.serve(TCP, "accept")) {
      ProcessId worker = pool.ready();

      String said = DeliverMain.asUser(65534, worker, SIGTERM);

      assertThat(said)
          .contains("NotPermitted[errno=1")
          .contains("it runs as uid 0 and this process as uid 65534");
      assertThat(TestPool.free(worker)).isTrue();
    }
  }

  /** As after a plain signal: the kernel begins accept again, and the program serves one more. */
  @Test
  void aHandlerThatRestartsCallsIsRespected() throws IOException {
    try (TestPool pool = TestPool.serve(TCP, "accept", "term=restart")) {
      ProcessId worker = pool.ready();

      assertThat(TRACER.deliver(worker, SIGTERM, PATIENCE)).isInstanceOf(Delivered.class);

      assertThat(pool.ask("one more")).isEqualTo(worker.pid() + " one more");
      assertThat(pool.awaitEnd(worker)).isEqualTo("exit 0");
    }
  }

  /** The failure of an action must not leave the worker held. */
  @Test
  void anActionThatThrowsLeavesTheWorkerServing() throws IOException {
    try (TestPool pool = TestPool.serve(TCP, "accept")) {
      ProcessId worker = pool.ready();

      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(() ->
                  TRACER.atBoundary(
                      worker,
                      PATIENCE,
                      Cancel.NEVER,
                      held -> {
                        throw new IllegalStateException("of the action");
                      })))
          .hasRootCauseMessage("of the action");

      assertThat(pool.ask("on")).isEqualTo(worker.pid() + " on");
    }
  }

  /** A ProcessBuilder's own wait for its child takes the child's stops for itself. */
  @Test
  void aChildOfThisJvmIsHeldThoughTheJvmWaitsForItToo() throws Exception {
    Path socket = Files.createTempDirectory("kidreaper-child").resolve("s");
    Process child =
        new ProcessBuilder(
                "perl",
                "-MIO::Socket::UNIX",
                "-e",
                "my $l = IO::Socket::UNIX->new(Local => shift, Listen => 5) or die; $l->accept",
                socket.toString())
            .start();
    try {
      int pid = (int) child.pid();
      ProcessId process = new ProcessId(pid, Proc.REAL.stat(pid).orElseThrow().startTicks());
      try (Peek peek = Peek.at(process)) {
        await().atMost(LONG).until(() -> peek.now() instanceof Look.Idle);
      }

      assertThat(TRACER.deliver(process, SIGTERM, PATIENCE)).isInstanceOf(Delivered.class);

      await().atMost(LONG).until(() -> Proc.REAL.stat(pid).map(TaskStat::ended).orElse(true));
    } finally {
      ProcessHandle.of(child.pid()).ifPresent(ProcessHandle::destroyForcibly);
      Files.deleteIfExists(socket);
      Files.deleteIfExists(socket.getParent());
    }
  }
}
