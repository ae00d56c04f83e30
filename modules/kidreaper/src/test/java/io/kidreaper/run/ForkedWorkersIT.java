package io.kidreaper.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.linux.process.SpawnRequest;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.linux.socket.Listeners;
import io.kidreaper.linux.socket.Opened;
import io.kidreaper.linux.trace.Delivery;
import io.kidreaper.linux.trace.NotReached;
import io.kidreaper.linux.trace.Tracer;
import io.kidreaper.manager.ManagedPool;
import io.kidreaper.manager.PoolEvent;
import io.kidreaper.manager.PoolNote;
import io.kidreaper.manager.PoolSettings;
import io.kidreaper.manager.PoolState;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.testbed.ProcessInfo;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real pool whose workers are forked from templates. */
class ForkedWorkersIT {
  private static final int SIGTERM = 15;
  private static final int SIGKILL = 9;

  /** Says its generation while loading, and its pid to each connection and to its log. */
  private static final String WORKER =
      """
      $| = 1; $SIG{TERM} = sub { exit 0 };
      open my $l, '+<&=', 0; print "loading generation $ENV{GENERATION}\\n";
      while (1) {
        accept(my $c, $l) or next;
        print "asked\\n"; print STDERR "complaint\\n";
        syswrite $c, "$$ $ENV{GENERATION}\\n";
      }
      """;

  @TempDir Path folder;
  private final List<PoolNote> notes = new CopyOnWriteArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private volatile List<String> command = List.of("perl", "-e", WORKER);
  private ForkStarter.Otherwise otherwise = ForkStarter.Otherwise.FAIL;
  private Duration patience = Duration.ofSeconds(60);
  private final Tracer tracer = Tracer.start();
  private final ExecutorService retiring = Executors.newSingleThreadExecutor();
  private Listener listener;

  @SuppressWarnings("NullAway.Init")
  private LinuxWorkers workers;

  @SuppressWarnings("NullAway.Init")
  private ManagedPool pool;

  @BeforeEach
  void listen() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    listener =
        ((Opened.Open)
                Listeners.open(
                    new ListenAddress.UnixPath(folder.resolve("s").toString()),
                    ListenOptions.DEFAULT))
            .listener();
  }

  private void run(int number) {
    workers =
        new LinuxWorkers(
            "web",
            new ForkStarter(
                generation ->
                    SpawnRequest.of(
                        command,
                        List.of(listener.fd()),
                        Map.of("PATH", "/usr/bin:/bin", "GENERATION", "" + generation)),
                patience,
                otherwise,
                said::add),
            (_, _, ready) -> ready.ready(System.nanoTime()),
            (_, process, _, gaveUp) -> retiring.execute(() -> retire(process, gaveUp)),
            event -> pool.post(event),
            log::add,
            LinuxWorkers.Witness.NONE);
    pool = new ManagedPool(PoolState.of(PoolSettings.DEFAULT, number, 1), workers, notes::add);
    pool.start(new PoolEvent.Tick());
  }

  /** At the boundary, since a plain signal may come just before the accept that it should end. */
  private void retire(ProcessId process, Consumer<String> gaveUp) {
    Delivery delivery = tracer.deliver(process, SIGTERM, Duration.ofSeconds(20));
    if (delivery instanceof NotReached why && !(why instanceof NotReached.Vanished)) {
      gaveUp.accept(why.words());
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    pool.post(new PoolEvent.Stop());
    pool.post(new PoolEvent.StopNow());
    assertThat(pool.awaitFinished(60_000)).isTrue();
    List<ProcessId> templates = workers.helpers();
    workers.close();
    retiring.shutdown();
    assertThat(retiring.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    tracer.close();
    listener.close();
    for (ProcessId template : templates) {
      await().until(() -> ProcessInfo.of(template.pid()).filter(ProcessInfo::isAlive).isEmpty());
    }
  }

  @Test
  void theProgramIsLoadedOnceAndTheTemplateNeverServes() {
    run(3);
    Set<String> pids = answeringProcesses(3);
    assertThat(pids).hasSize(3);
    assertThat(workers.helpers()).hasSize(1);
    String template = "" + workers.helpers().getFirst().pid();
    assertThat(pids).doesNotContain(template);
    assertThat(log.stream().filter(line -> line.contains("loading")))
        .containsExactly("web[" + template + "] out: loading generation 1");
  }

  @Test
  void everyLineIsMarkedWithTheProcessThatSaidIt() {
    run(3);
    for (String pid : answeringProcesses(3)) {
      await()
          .until(() ->
              log.contains("web[" + pid + "] out: asked")
                  && log.contains("web[" + pid + "] err: complaint"));
    }
  }

  @Test
  void aHundredForksLeaveNoZombieAndNoDescriptor() throws IOException {
    run(2);
    answeringProcesses(2);
    long before = openFiles();
    // Other tests of this JVM may have left some on purpose.
    List<ProcessInfo> zombiesBefore = zombies();
    for (int i = 0; i < 100; i++) {
      long serial = serialsOfReady().iterator().next();
      pool.post(new PoolEvent.Condemn(serial, "round " + i));
      await()
          .pollInterval(Duration.ofMillis(2))
          .until(() -> workers.process(serial).isEmpty() && serialsOfReady().size() == 2);
    }
    await().until(() -> workers.processes().size() == 2);
    assertThat(answeringProcesses(2)).hasSize(2);
    await().until(() -> openFiles() <= before);
    assertThat(zombies()).isSubsetOf(zombiesBefore);
    assertThat(log.stream().filter(line -> line.contains("loading"))).hasSize(1);
    assertThat(notes.stream().filter(PoolNote.Ready.class::isInstance).count())
        .isGreaterThanOrEqualTo(102);
  }

  @Test
  void aRestartMakesANewTemplateAndTheOldOneGoes() throws IOException {
    run(3);
    Set<String> first = answeringProcesses(3);
    ProcessId old = workers.helpers().getFirst();
    pool.post(new PoolEvent.Restart());
    await().until(() -> notes.contains(new PoolNote.Restarted(2)));
    assertThat(answeringProcesses(3)).doesNotContainAnyElementsOf(first);
    assertThat(ask()).endsWith(" 2");
    await().until(() -> workers.helpers().size() == 1);
    assertThat(workers.helpers()).doesNotContain(old);
    await().until(() -> ProcessInfo.of(old.pid()).isEmpty());
  }

  @Test
  void aNewTemplateThatFailsKeepsTheOldOneForking() throws IOException {
    run(3);
    answeringProcesses(3);
    ProcessId old = workers.helpers().getFirst();
    command = List.of("sh", "-c", "echo cannot load >&2; exit 3");
    pool.post(new PoolEvent.Restart());
    await()
        .until(() ->
            notes.stream()
                .map(PoolNote::text)
                .anyMatch(text ->
                    text.contains("the template (process")
                        && text.contains("exited with status 3; its last words: cannot load")));
    workers.signal(Integer.parseInt(ask().split(" ", 2)[0]), SIGKILL);
    await().until(() -> pool.state().ready() == 3);
    assertThat(ask()).endsWith(" 1");
    assertThat(workers.helpers()).contains(old);
  }

  @Test
  void aTemplateThatIsKilledIsSucceededAtTheNextStart() {
    run(2);
    Set<String> first = answeringProcesses(2);
    ProcessId old = workers.helpers().getFirst();
    workers.signal(old.pid(), SIGKILL);
    await().until(() -> workers.helpers().isEmpty());
    assertThat(said).anyMatch(text -> text.contains("makes another"));
    first.forEach(pid -> workers.signal(Integer.parseInt(pid), SIGKILL));
    await().until(() -> pool.state().ready() == 2 && workers.helpers().size() == 1);
    assertThat(answeringProcesses(2)).doesNotContainAnyElementsOf(first);
    assertThat(workers.helpers()).doesNotContain(old);
  }

  @Test
  void stoppingWhileATemplateBootsLeavesNobody() throws InterruptedException {
    command = List.of("perl", "-e", "sleep 1000");
    run(3);
    await().until(() -> workers.helpers().size() == 1);
    ProcessId template = workers.helpers().getFirst();
    pool.post(new PoolEvent.Stop());
    assertThat(pool.awaitFinished(60_000)).isTrue();
    workers.close();
    await().until(() -> ProcessInfo.of(template.pid()).filter(ProcessInfo::isAlive).isEmpty());
  }

  @Test
  void whatCannotBeForkedIsRefusedWithTheReason() {
    patience = Duration.ofSeconds(1);
    command = List.of("perl", "-e", "sleep 1000");
    run(1);
    await()
        .until(() ->
            notes.stream()
                .map(PoolNote::text)
                .anyMatch(text -> text.contains("has not waited for a connection within 1000 ms")));
  }

  @Test
  void orIsStartedOneByOneIfThatIsWanted() {
    otherwise = ForkStarter.Otherwise.EXEC;
    command = List.of("python3", "-c", THREADED);
    run(2);
    assertThat(answeringProcesses(2)).hasSize(2);
    assertThat(said)
        .anyMatch(text ->
            text.startsWith("workers of generation 1 are started one by one: the template (process")
                && text.endsWith("has 2 threads, and a fork has only one of them"));
    assertThat(workers.helpers()).isEmpty();
    assertThat(notes).noneMatch(PoolNote.StartFailed.class::isInstance);
  }

  private static final String THREADED =
      """
      import os, socket, threading
      threading.Thread(target=threading.Event().wait, daemon=True).start()
      l = socket.socket(fileno=0)
      while True:
          c, _ = l.accept()
          c.sendall(b"%d 1\\n" % os.getpid())
          c.close()
      """;

  private Set<Long> serialsOfReady() {
    return pool.state().seats().stream()
        .filter(seat ->
            seat instanceof io.kidreaper.manager.Seat.Ready(_, var condemned)
                && condemned.isEmpty())
        .map(seat -> seat.occupant().orElseThrow().serial())
        .collect(Collectors.toSet());
  }

  private static long openFiles() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  private static List<ProcessInfo> zombies() {
    int self = (int) ProcessHandle.current().pid();
    return ProcessInfo.all().stream()
        .filter(process -> process.parentPid() == self && process.state() == 'Z')
        .toList();
  }

  private Set<String> answeringProcesses(int expected) {
    Set<String> seen = new HashSet<>();
    await()
        .until(() -> {
          seen.add(ask().split(" ", 2)[0]);
          seen.removeIf(pid -> workers.serial(Integer.parseInt(pid)).isEmpty());
          return seen.size() == expected && pool.state().processes() == expected;
        });
    return seen;
  }

  private String ask() throws IOException {
    try (SocketChannel channel =
        SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("s")))) {
      ByteBuffer buffer = ByteBuffer.allocate(64);
      int read = channel.read(buffer);
      while (read > 0) {
        read = channel.read(buffer);
      }
      return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
    }
  }
}
