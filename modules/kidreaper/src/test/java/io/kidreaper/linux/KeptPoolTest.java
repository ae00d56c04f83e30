package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pool that is read again and again with its files open; its manager is a shell. */
@Timeout(60)
class KeptPoolTest {
  private static final String TWO_AND_ONE_MORE_FOR_A_LINE =
      "sleep 50 & sleep 50 & read line; sleep 50 & wait";

  private final NativeLibc libc = new NativeLibc();
  private final ProcFs proc = new ProcFs(libc, Path.of("/proc"));
  private Process manager;

  @BeforeEach
  void start() throws IOException {
    manager = new ProcessBuilder("sh", "-c", TWO_AND_ONE_MORE_FOR_A_LINE).start();
    await().until(() -> manager.children().count() == 2);
  }

  @AfterEach
  void end() {
    List<ProcessHandle> children = manager.children().toList();
    manager.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  private ProcPool pool() {
    int pid = (int) manager.pid();
    if (!(proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat))) {
      throw new AssertionError("the shell has ended");
    }
    return new ProcPool(proc, libc, SystemFacts.read(proc), new ProcessId(pid, stat.startTicks()));
  }

  private static List<ProcessId> ids(PoolReading reading) {
    if (reading instanceof PoolReading.Read(Snapshot snapshot)) {
      assertThat(snapshot.members()).extracting(Member::memory).allMatch(Sample.class::isInstance);
      return snapshot.members().stream().map(Member::id).toList();
    }
    throw new AssertionError("not read: " + reading);
  }

  @Test
  void whoGoesIsGoneAtTheNextReadingAndWhoComesIsThere() throws IOException {
    try (ProcPool pool = pool()) {
      List<ProcessId> first = ids(pool.read(_ -> false));
      assertThat(first).hasSize(2);
      assertThat(ids(pool.read(_ -> false))).isEqualTo(first);

      // The shell has not waited for it yet, so its pid is still listed among its children.
      ProcessHandle.of(first.getFirst().pid()).orElseThrow().destroyForcibly();
      await().until(() -> ids(pool.read(_ -> false)).equals(first.subList(1, 2)));

      manager.getOutputStream().write('\n');
      manager.getOutputStream().flush();
      await().until(() -> ids(pool.read(_ -> false)).size() == 2);
      List<ProcessId> second = ids(pool.read(_ -> false));
      assertThat(second).contains(first.get(1)).doesNotContain(first.getFirst());
      assertThat(ids(pool.read(_ -> false))).isEqualTo(second);
    }
  }

  @Test
  void aManagerThatHasEndedIsGoneThoughItsFilesAreOpen() throws InterruptedException {
    try (ProcPool pool = pool()) {
      assertThat(ids(pool.read(_ -> false))).hasSize(2);
      List<ProcessHandle> children = manager.children().toList();
      manager.destroyForcibly().waitFor();
      children.forEach(ProcessHandle::destroyForcibly);

      assertThat(pool.read(_ -> false)).isInstanceOf(PoolReading.ManagerGone.class);
    }
  }

  @Test
  void nothingStaysOpen() throws IOException {
    try (ProcPool pool = pool()) {
      assertThat(ids(pool.read(_ -> false))).isEqualTo(ids(pool.read(_ -> false)));
      assertThat(openFilesOfThePool()).as("the manager's two and one of each worker").isEqualTo(4);
    }
    assertThat(openFilesOfThePool()).isZero();
  }

  private long openFilesOfThePool() throws IOException {
    List<String> folders =
        Stream.concat(Stream.of(manager.pid()), manager.children().map(ProcessHandle::pid))
            .map("/proc/%d/"::formatted)
            .toList();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(descriptor -> folders.stream().anyMatch(target(descriptor)::startsWith))
          .count();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
