package io.kidreaper.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.process.OutputLine.Stream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that talk, crash and leave children behind. */
class ChildWatchIT {
  private static final int SIGKILL = 9;

  private final Queue<OutputLine> lines = new ConcurrentLinkedQueue<>();
  private final Queue<Ended> ends = new ConcurrentLinkedQueue<>();
  private final ChildWatch.Listener recorder =
      new ChildWatch.Listener() {
        @Override
        public void line(OutputLine line) {
          lines.add(line);
        }

        @Override
        public void ended(Ended ended) {
          ends.add(ended);
        }
      };
  private final ChildWatch watch = new ChildWatch(recorder);

  @TempDir Path folder;

  @AfterEach
  void close() {
    watch.close();
  }

  @Test
  void everyLineComesWithItsStreamAndPidBeforeTheEndIsTold() {
    int pid = start("echo one; echo two >&2; printf 'last words' >&2; kill -SEGV $$");
    Ended ended = end();
    assertThat(ended.pid()).isEqualTo(pid);
    assertThat(ended.status()).isInstanceOf(ExitStatus.Signaled.class);
    assertThat(ended.lastErrorLines()).containsExactly("two", "last words");
    assertThat(lines)
        .containsExactlyInAnyOrder(
            new OutputLine(pid, Stream.OUT, "one", false),
            new OutputLine(pid, Stream.ERR, "two", false),
            new OutputLine(pid, Stream.ERR, "last words", false));
  }

  @Test
  void aFloodIsReadInFullAndOnlyTheLastLinesAreKept() {
    start("i=0; while [ $i -lt 30000 ]; do echo \"line $i\" >&2; i=$((i+1)); done");
    Ended ended = end();
    assertThat(lines).hasSize(30_000);
    assertThat(ended.lastErrorLines()).hasSize(20).startsWith("line 29980").endsWith("line 29999");
  }

  @Test
  void aLineWithoutEndComesInPieces() {
    start("head -c 100000 /dev/zero | tr '\\0' x");
    end();
    assertThat(lines.stream().map(OutputLine::text).collect(Collectors.joining()))
        .isEqualTo("x".repeat(100_000));
    assertThat(lines).allSatisfy(line -> assertThat(line.text()).hasSizeLessThanOrEqualTo(8192));
  }

  @Test
  void aDescendantThatHoldsThePipeDelaysNoEndAndIsStillHeard() throws IOException {
    Path go = fifo("go");
    start("echo mine; (read x < " + go + "; echo from the descendant) & exit 3");
    assertThat(end().status()).isEqualTo(new ExitStatus.Exited(3));
    Files.writeString(go, "on\n");
    await().until(() -> texts().contains("from the descendant"));
  }

  @Test
  void descendantsThatHoldPipesForEverDoNotUseUpOurDescriptors() throws IOException {
    Path go = fifo("go");
    long before = openDescriptors();
    for (int i = 0; i < 40; i++) {
      start("read x < " + go + " & exit 0");
    }
    await().until(() -> ends.size() == 40);
    assertThat(openDescriptors() - before).isLessThanOrEqualTo(64);
    // Opened for writing and closed: all 40 read the end of the file and leave.
    Files.writeString(go, "");
    await().until(() -> openDescriptors() <= before);
  }

  @Test
  void manyThatEndAtOnceAreAllTold() {
    List<Integer> pids = IntStream.range(0, 60).map(i -> start("exit " + i)).boxed().toList();
    await().until(() -> ends.size() == 60);
    for (Ended ended : ends) {
      assertThat(ended.status()).isEqualTo(new ExitStatus.Exited(pids.indexOf(ended.pid())));
    }
  }

  @Test
  void anAdoptedWorkerIsHeardAndItsEndToldWithoutAStatus() throws IOException {
    Path go = fifo("go");
    Path end = fifo("end");
    // Somebody else's child, as far as the second watch can tell.
    int pid = start("echo before; read x < " + go + "; echo after; read x < " + end);
    await().until(() -> texts().contains("before"));
    watch.close();
    lines.clear();
    Files.writeString(go, "on\n");
    Libc libc = new NativeLibc();
    try (ChildWatch next = new ChildWatch(recorder)) {
      int pidfd = libc.pidfdOpen(pid);
      next.adopt(pid, pidfd, Spawner.outputOf(pid, 1), Spawner.outputOf(pid, 2));
      await().until(() -> texts().contains("after"));
      int own = libc.pidfdOpen(pid);
      libc.pidfdSendSignal(own, SIGKILL);
      libc.close(own);
      assertThat(end().status()).isEqualTo(new ExitStatus.Unknown());
    }
    assertThat(Output.await(pid)).isEqualTo(new ExitStatus.Signaled(SIGKILL, false));
  }

  private Path fifo(String name) {
    Path path = folder.resolve(name);
    int pid = start("mkfifo " + path);
    await().until(() -> ends.removeIf(ended -> ended.pid() == pid));
    return path;
  }

  private int start(String script) {
    Spawned spawned =
        Spawner.spawn(
            SpawnRequest.of(
                List.of("sh", "-c", script), List.of(), Map.of("PATH", "/usr/bin:/bin")));
    assertThat(spawned).isInstanceOf(Spawned.Child.class);
    Spawned.Child child = (Spawned.Child) spawned;
    assertThat(watch.watch(child)).isTrue();
    return child.pid();
  }

  private Ended end() {
    await().until(() -> !ends.isEmpty());
    return ends.remove();
  }

  private List<String> texts() {
    return lines.stream().map(OutputLine::text).toList();
  }

  private static long openDescriptors() throws IOException {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }
}
