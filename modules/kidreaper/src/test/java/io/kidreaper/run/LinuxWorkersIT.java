package io.kidreaper.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.process.SpawnRequest;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.linux.socket.Listeners;
import io.kidreaper.linux.socket.Opened;
import io.kidreaper.manager.ManagedPool;
import io.kidreaper.manager.PoolEvent;
import io.kidreaper.manager.PoolNote;
import io.kidreaper.manager.PoolSettings;
import io.kidreaper.manager.PoolState;
import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real workers behind a real socket, kept by a real pool; ready at once, retired by SIGTERM. */
class LinuxWorkersIT {
  private static final int SIGTERM = 15;
  private static final int SIGKILL = 9;

  /** Answers each connection with its pid and generation. */
  private static final String WORKER =
      """
      $| = 1; my $stop = 0; $SIG{TERM} = sub { $stop = 1 };
      open my $l, '+<&=', 0; print "generation $ENV{GENERATION}\\n";
      until ($stop) { accept(my $c, $l) or next; syswrite $c, "$$ $ENV{GENERATION}\\n"; }
      """;

  @TempDir Path folder;
  private final List<PoolNote> notes = new CopyOnWriteArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private List<String> command = List.of("perl", "-e", WORKER);
  private Listener listener;
  private LinuxWorkers workers;
  private ManagedPool pool;

  @BeforeEach
  void listen() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    Opened opened =
        Listeners.open(
            new ListenAddress.UnixPath(folder.resolve("s").toString()), ListenOptions.DEFAULT);
    listener = ((Opened.Open) opened).listener();
    createPool();
  }

  private void createPool() {
    workers =
        new LinuxWorkers(
            "web",
            generation ->
                SpawnRequest.of(
                    command,
                    List.of(listener.fd()),
                    Map.of("PATH", "/usr/bin:/bin", "GENERATION", "" + generation)),
            (_, _, ready) -> ready.ready(System.nanoTime()),
            (_, process, _, _) -> workers.signal(process.pid(), SIGTERM),
            event -> pool.post(event),
            log::add);
    pool = new ManagedPool(PoolState.of(PoolSettings.DEFAULT, 3, 1), workers, notes::add);
  }

  @AfterEach
  void stop() throws InterruptedException {
    pool.post(new PoolEvent.Stop());
    pool.post(new PoolEvent.StopNow());
    assertThat(pool.awaitFinished(60_000)).isTrue();
    workers.close();
    listener.close();
  }

  @Test
  void keepsThreeWhateverIsKilled() {
    pool.start(new PoolEvent.Tick());
    Set<String> first = answeringProcesses(3);
    for (String pid : first) {
      workers.signal(Integer.parseInt(pid), SIGKILL);
    }
    await().until(() -> notes.stream().filter(PoolNote.Ended.class::isInstance).count() == 3);
    assertThat(answeringProcesses(3)).doesNotContainAnyElementsOf(first);
    assertThat(notes.stream().map(PoolNote::text))
        .anyMatch(text -> text.contains("was ended by signal 9 (SIGKILL)"));
  }

  @Test
  void everyLineIsMarkedWithPoolAndProcess() {
    pool.start(new PoolEvent.Tick());
    for (String pid : answeringProcesses(3)) {
      await().until(() -> log.contains("web[" + pid + "] out: generation 1"));
    }
  }

  @Test
  void aCondemnedWorkerIsReplacedAndARestartReplacesAll() throws IOException {
    pool.start(new PoolEvent.Tick());
    Set<String> first = answeringProcesses(3);
    int pid = Integer.parseInt(first.iterator().next());
    long serial = workers.serial(pid).orElseThrow();
    pool.post(new PoolEvent.Condemn(serial, "too big"));
    await().until(() -> workers.process(serial).isEmpty());
    pool.post(new PoolEvent.Restart());
    await().until(() -> notes.contains(new PoolNote.Restarted(2)));
    assertThat(answeringProcesses(3)).doesNotContainAnyElementsOf(first);
    assertThat(ask()).endsWith(" 2");
  }

  @Test
  void scalesAndStops() throws InterruptedException {
    pool.start(new PoolEvent.Tick());
    pool.post(new PoolEvent.ScaleTo(6));
    answeringProcesses(6);
    pool.post(new PoolEvent.ScaleTo(1));
    await().until(() -> pool.state().processes() == 1);
    pool.post(new PoolEvent.Stop());
    assertThat(pool.awaitFinished(60_000)).isTrue();
  }

  @Test
  void aCommandThatDiesSaysWhyAndIsTriedLessAndLess() {
    command = List.of("sh", "-c", "echo cannot read config >&2; exit 3");
    pool.start(new PoolEvent.Tick());
    await().until(() -> notes.stream().filter(PoolNote.Ended.class::isInstance).count() >= 6);
    assertThat(notes.stream().map(PoolNote::text))
        .anyMatch(text ->
            text.contains("exited with status 3; its last words: cannot read config")
                && text.contains("in a row"));
  }

  @Test
  void aCommandThatDoesNotExistIsNamedAtOnce() {
    command = List.of("no-such-command");
    pool.start(new PoolEvent.Tick());
    await()
        .until(() ->
            notes.contains(
                new PoolNote.NeverReady(
                    "there is no program \"no-such-command\" in PATH (/usr/bin:/bin)")));
  }

  @Test
  void theNextKidreaperGoesOnWithTheWorkersAndTheSocketOfTheLast() throws Exception {
    pool.start(new PoolEvent.Tick());
    Set<String> first = answeringProcesses(3);
    // What the end of a kidreaper means to its workers: nobody listens any more.
    Map<Integer, ProcessId> identities =
        workers.processes().values().stream()
            .collect(Collectors.toMap(ProcessId::pid, process -> process));
    workers.close();
    listener.close();
    assertThat(first).contains(ask().split(" ", 2)[0]);

    Libc libc = new NativeLibc();
    int anyPid = Integer.parseInt(first.iterator().next());
    int pidfd = libc.pidfdOpen(anyPid);
    Opened taken = Listeners.takeBack(pidfd, 0);
    libc.close(pidfd);
    assertThat(taken).isInstanceOf(Opened.Open.class);
    listener = ((Opened.Open) taken).listener();
    assertThat(listener.address())
        .isEqualTo(new ListenAddress.UnixPath(folder.resolve("s").toString()));

    ManagedPool former = pool;
    createPool();
    List<Long> serials = new ArrayList<>();
    for (String pid : first) {
      long serial = serials.size() + 1L;
      serials.add(serial);
      int number = Integer.parseInt(pid);
      workers.adopt(serial, Objects.requireNonNull(identities.get(number)), libc.pidfdOpen(number));
    }
    pool.start(new PoolEvent.Adopted(serials));
    assertThat(answeringProcesses(3)).isEqualTo(first);
    workers.signal(anyPid, SIGKILL);
    assertThat(answeringProcesses(3)).hasSize(3).doesNotContain("" + anyPid);

    pool.post(new PoolEvent.Stop());
    assertThat(pool.awaitFinished(60_000)).isTrue();
    // Ends the former pool's thread too; in life its whole process is gone.
    former.post(new PoolEvent.Stop());
    for (long serial = 1; serial <= 3; serial++) {
      former.post(new PoolEvent.Ended(serial, true, "went to the next"));
    }
    assertThat(former.awaitFinished(60_000)).isTrue();
  }

  private Set<String> answeringProcesses(int expected) {
    Set<String> seen = new HashSet<>();
    await()
        .until(() -> {
          seen.add(ask());
          return seen.size() >= expected && pool.state().processes() == expected;
        });
    return seen.stream()
        .map(answer -> answer.split(" ", 2)[0])
        .filter(pid -> workers.serial(Integer.parseInt(pid)).isPresent())
        .collect(Collectors.toSet());
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
