package io.kidreaper.run.state;

import static io.kidreaper.run.state.Folders.ME;
import static io.kidreaper.run.state.Folders.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.command.Nobody;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.manager.PoolEvent;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.run.LinuxWorkers;
import io.kidreaper.run.state.FormerMain.OnTakeover;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A kidreaper dies by SIGKILL, or hands over, and this process goes on with what it left. */
@Timeout(120)
class AdoptionIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path parent;
  private final Libc libc = new NativeLibc();
  private final List<AutoCloseable> open = new ArrayList<>();
  private StateFolder folder;

  @BeforeEach
  void make() {
    folder = Folders.in(parent);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private Former start(OnTakeover onTakeover, String script, int workers) throws IOException {
    Former former = Former.start(parent, onTakeover, script, workers);
    open.add(former);
    return former;
  }

  private Former dead(String script, int workers) throws IOException {
    Former former = start(OnTakeover.REFUSE, script, workers);
    former.die();
    return former;
  }

  private Adoption.Result adopt() {
    Adoption.Result result =
        new Adoption(libc, new ProcFs(libc, Path.of("/proc")), folder).adopt(SHOP);
    if (result instanceof Adoption.Result.Adopted(var workers, var listeners, _)) {
      workers.forEach(worker -> open.add(() -> libc.close(worker.pidfd())));
      open.addAll(listeners);
    }
    return result;
  }

  private Adoption.Result.Adopted adopted() {
    Adoption.Result result = adopt();
    assertThat(result).isInstanceOf(Adoption.Result.Adopted.class);
    return (Adoption.Result.Adopted) result;
  }

  /** Rewrites what the dead one had saved. */
  private void saved(UnaryOperator<SavedPool> change) throws IOException {
    StateFile file = new StateFile(folder, SHOP);
    file.write(change.apply(((StateFile.Read.Found) file.read()).pool()));
  }

  private static List<Integer> pids(Adoption.Result.Adopted adopted) {
    return adopted.workers().stream().map(worker -> worker.id().pid()).toList();
  }

  private int ask(ListenAddress at) throws IOException {
    SocketAddress address =
        at instanceof ListenAddress.Tcp(String host, int port)
            ? new InetSocketAddress(host, port)
            : UnixDomainSocketAddress.of(parent.resolve("s"));
    try (SocketChannel channel = SocketChannel.open(address)) {
      ByteBuffer buffer = ByteBuffer.allocate(64);
      while (channel.read(buffer) > 0) {
        // Until the worker hangs up.
      }
      return Integer.parseInt(StandardCharsets.US_ASCII.decode(buffer.flip()).toString().strip());
    }
  }

  private static long ownDescriptors() throws IOException {
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      return fds.count();
    }
  }

  @Test
  void workersAndSocketsOfADeadOneAreTakenOver() throws Exception {
    Former former = dead(Former.WORKER, 3);
    Former.kill(former.workers().get(1));

    Adoption.Result.Adopted adopted = adopted();

    assertThat(pids(adopted)).containsExactly(former.workers().get(0), former.workers().get(2));
    assertThat(adopted.workers()).extracting(Adoption.Worker::serial).containsExactly(1L, 3L);
    assertThat(adopted.workers()).extracting(Adoption.Worker::generation).containsOnly(3);
    assertThat(adopted.listeners()).hasSize(2);
    assertThat(adopted.listeners().get(0).address())
        .isEqualTo(new ListenAddress.UnixPath(parent.resolve("s").toString()));
    assertThat(adopted.from().listeners())
        .isEqualTo(adopted.listeners().stream().map(SavedPool.Listening::of).toList());
    for (Listener listener : adopted.listeners()) {
      assertThat(ask(listener.address())).isIn(pids(adopted));
    }

    // With the last worker gone the sockets live on in us, and who connects only waits.
    pids(adopted).forEach(Former::kill);
    try (SocketChannel waits =
        SocketChannel.open(UnixDomainSocketAddress.of(parent.resolve("s")))) {
      assertThat(waits.isConnected()).isTrue();
    }
    assertThat(adopted.listeners().get(0).removeFile()).isTrue();
    assertThat(parent.resolve("s")).doesNotExist();
  }

  @Test
  void anAdoptedWorkersEndIsSeen() throws Exception {
    Former former = dead(Former.WORKER, 1);
    Adoption.Worker worker = adopted().workers().getFirst();
    List<PoolEvent> events = new CopyOnWriteArrayList<>();
    try (LinuxWorkers workers =
        new LinuxWorkers(
            "shop",
            _ -> {
              throw new AssertionError("nobody is to be started");
            },
            (_, _, _) -> {},
            (_, _, _, _) -> {},
            events::add,
            _ -> {})) {
      int pidfd = libc.pidfdOpen(worker.id().pid());
      workers.adopt(worker.serial(), worker.id(), pidfd);
      Former.kill(former.workers().getFirst());
      await().atMost(LONG).until(() -> events.size() == 1);
    }
    assertThat(events.getFirst())
        .isInstanceOfSatisfying(
            PoolEvent.Ended.class, ended -> assertThat(ended.serial()).isEqualTo(1));
  }

  @Test
  void withNobodyLeftThereIsNothing() throws Exception {
    Former former = dead(Former.WORKER, 2);
    former.workers().forEach(Former::kill);
    assertThat(adopt())
        .isEqualTo(new Adoption.Result.Nothing("none of the last kidreaper's workers is left"));
  }

  @Test
  void withoutAStateThereIsNothing() {
    assertThat(adopt()).isInstanceOf(Adoption.Result.Nothing.class);
  }

  @Test
  void anotherBootsPidsMeanNothing() throws Exception {
    dead(Former.WORKER, 1);
    saved(pool ->
        new SavedPool(
            pool.name(),
            Folders.pool().bootId(),
            pool.manager(),
            pool.command(),
            pool.workersUserId(),
            pool.listeners(),
            pool.workers(),
            pool.templates()));
    assertThat(adopt().toString()).contains("Nothing", "started anew");
  }

  /** The same pid with another start time is another process, as after a pid's reuse. */
  @Test
  void whoeverHasAWorkersPidNowIsNotTaken() throws Exception {
    Former former = dead(Former.WORKER, 2);
    saved(pool -> withWorkers(pool, pool.workers().get(0), younger(pool.workers().get(1))));
    long before = ownDescriptors();

    Adoption.Result.Adopted adopted = adopted();

    assertThat(pids(adopted)).containsExactly(former.workers().getFirst());
    assertThat(ownDescriptors()).as("a pidfd and two sockets").isEqualTo(before + 3);
  }

  private static SavedPool.Worker younger(SavedPool.Worker worker) {
    return new SavedPool.Worker(
        new ProcessId(worker.id().pid(), worker.id().startTicks() - 1),
        worker.serial(),
        worker.generation());
  }

  private static SavedPool withWorkers(SavedPool pool, SavedPool.Worker... workers) {
    return new SavedPool(
        pool.name(),
        pool.bootId(),
        pool.manager(),
        pool.command(),
        pool.workersUserId(),
        pool.listeners(),
        List.of(workers),
        pool.templates());
  }

  @Test
  void aTemplateIsOneMoreWorker() throws Exception {
    Former former = dead(Former.WORKER, 2);
    saved(pool ->
        new SavedPool(
            pool.name(),
            pool.bootId(),
            pool.manager(),
            pool.command(),
            pool.workersUserId(),
            pool.listeners(),
            pool.workers().subList(0, 1),
            List.of(pool.workers().get(1).id())));

    Adoption.Result.Adopted adopted = adopted();

    assertThat(pids(adopted)).isEqualTo(former.workers());
    assertThat(adopted.workers().get(1).serial()).isEqualTo(2);
    assertThat(adopted.workers().get(1).generation()).isEqualTo(3);
  }

  @Test
  void aSocketIsFoundWhereverAWorkerHasPutIt() throws Exception {
    Former former =
        dead(
            """
            use POSIX; POSIX::dup2(0, 17); POSIX::close(0); POSIX::dup2(3, 0); POSIX::close(3);
            open my $l, '+<&=', 17; while (1) { accept(my $c, $l); syswrite $c, "$$\\n"; }
            """,
            1);
    await().atMost(LONG).until(() -> ask(new ListenAddress.UnixPath("s")) > 0);

    Adoption.Result.Adopted adopted = adopted();

    assertThat(pids(adopted)).isEqualTo(former.workers());
    assertThat(adopted.listeners().get(0).address()).isInstanceOf(ListenAddress.UnixPath.class);
    assertThat(adopted.listeners().get(1).address()).isInstanceOf(ListenAddress.Tcp.class);
  }

  @Test
  void aSocketThatNoWorkerHoldsIsMissedAndNothingIsLeftOpen() throws Exception {
    dead("open STDIN, '<', '/dev/null'; syswrite STDERR, 'x'; sleep 60 while 1", 1);
    // Perl's open closes descriptor 0 and takes the lowest free one, which is 0 again.
    await()
        .atMost(LONG)
        .until(() ->
            Files.readSymbolicLink(Path.of("/proc/" + firstWorker() + "/fd/0"))
                .toString()
                .equals("/dev/null"));
    long before = ownDescriptors();

    assertThat(adopt().toString())
        .contains("Refused", "unix:" + parent.resolve("s"), "no worker holds it");

    assertThat(ownDescriptors()).isEqualTo(before);
  }

  private int firstWorker() {
    StateFile.Read read = new StateFile(folder, SHOP).read();
    return ((StateFile.Read.Found) read).pool().workers().getFirst().id().pid();
  }

  @Test
  void aWorkerOfAnotherUserIsNoneOfOurs() throws Exception {
    Nobody.needsRoot();
    Former former = dead("use POSIX; POSIX::setuid(65534); " + Former.WORKER, 1);
    await().atMost(LONG).until(() -> ask(new ListenAddress.UnixPath("s")) > 0);

    assertThat(adopt().toString())
        .contains("Refused", "runs as user " + Nobody.USER_ID, "pool's (" + ME + ")");

    saved(pool ->
        new SavedPool(
            pool.name(),
            pool.bootId(),
            pool.manager(),
            pool.command(),
            Nobody.USER_ID,
            pool.listeners(),
            pool.workers(),
            pool.templates()));
    assertThat(pids(adopted())).isEqualTo(former.workers());
  }

  @Test
  void aStateThatCannotBeBelievedMeansNothing() throws Exception {
    dead(Former.WORKER, 1);
    Files.writeString(folder.state(SHOP), "{");
    assertThat(adopt().toString()).contains("Nothing", folder.state(SHOP).toString());
  }

  @Test
  void theLockIsHeldWhileItLivesAndFreeOnceItIsDead() throws Exception {
    Former former = start(OnTakeover.REFUSE, Former.WORKER, 1);
    assertThat(PoolLock.take(folder, SHOP))
        .isEqualTo(new PoolLock.Taken.Held(OptionalInt.of((int) former.pid())));
    former.die();
    PoolLock.Taken taken = PoolLock.take(folder, SHOP);
    assertThat(taken).isInstanceOf(PoolLock.Taken.Ours.class);
    ((PoolLock.Taken.Ours) taken).lock().close();
  }

  @ParameterizedTest
  @EnumSource(
      value = OnTakeover.class,
      names = {"HAND_OVER", "DIE"})
  void aLivingOneHandsOverOrDiesTryingAndItsWorkersServe(OnTakeover onTakeover) throws Exception {
    Former former = start(onTakeover, Former.WORKER, 2);

    Takeover.Result result = Takeover.take(folder, SHOP, LONG);

    assertThat(result)
        .isInstanceOfSatisfying(
            Takeover.Result.Taken.class,
            taken -> {
              open.add(taken.lock());
              assertThat(taken.fromLiving()).isTrue();
            });
    assertThat(former.awaitExit()).isEqualTo(onTakeover == OnTakeover.HAND_OVER ? 0 : 9);
    Adoption.Result.Adopted adopted = adopted();
    assertThat(pids(adopted)).isEqualTo(former.workers());
    assertThat(ask(adopted.listeners().getFirst().address())).isIn(former.workers());
  }

  @Test
  void oneThatRefusesKeepsItsPool() throws Exception {
    start(OnTakeover.REFUSE, Former.WORKER, 1);
    assertThat(Takeover.take(folder, SHOP, LONG).toString())
        .contains("Refused", "does not hand pool shop over: a restart is under way");
  }

  @Test
  void oneThatSaysSoAndStaysKeepsItsPool() throws Exception {
    Former former = start(OnTakeover.STAY, Former.WORKER, 1);
    assertThat(Takeover.take(folder, SHOP, LONG, Duration.ofMillis(300)).toString())
        .contains("Refused", "kept by process " + former.pid(), "does not end");
  }

  @Test
  void withNobodyThereATakeoverIsAPlainStart() {
    assertThat(Takeover.take(folder, SHOP, LONG))
        .isInstanceOfSatisfying(
            Takeover.Result.Taken.class,
            taken -> {
              open.add(taken.lock());
              assertThat(taken.fromLiving()).isFalse();
            });
  }
}
