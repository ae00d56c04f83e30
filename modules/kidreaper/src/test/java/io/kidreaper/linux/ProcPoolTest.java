package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcPoolTest {
  private static final ProcessId MANAGER = new ProcessId(10, 1010);
  private static final long PAGE = 4096;

  @TempDir private Path root;

  private FakeProc proc;

  @BeforeEach
  void aManager() {
    proc = new FakeProc(root);
    process(10, 'S', 1, 64);
  }

  private void process(int pid, char state, int parent, long flags) {
    proc.file(
        pid + "/stat",
        "%d (a b) c) %c %d 1 1 0 -1 %d 0 0 0 0 0 0 0 0 20 0 1 0 %d 4096 1 \n"
            .formatted(pid, state, parent, flags, 1000 + pid));
  }

  private void worker(int pid, long residentPages) {
    process(pid, 'S', 10, 64);
    proc.file(pid + "/statm", "3402 %d 117 1 0 2872 0\n".formatted(residentPages));
  }

  private void children(String pids) {
    proc.file("10/task/10/children", pids);
  }

  private Snapshot read(LongPredicate needsDetail) {
    try (ProcPool pool = pool(MANAGER)) {
      return snapshot(pool.read(needsDetail));
    }
  }

  private static Snapshot snapshot(PoolReading reading) {
    return switch (reading) {
      case PoolReading.Read(Snapshot snapshot) -> snapshot;
      case PoolReading other -> throw new AssertionError("not read: " + other);
    };
  }

  private ProcPool pool(ProcessId manager) {
    return new ProcPool(proc.fs(), new NativeLibc(), new SystemFacts(PAGE, 100, 0), manager);
  }

  @Test
  void everyChildIsAMemberWithItsCheapFigures() {
    worker(21, 300);
    worker(20, 200);
    children("21 20 ");

    assertThat(read(_ -> false))
        .isEqualTo(
            new Snapshot(
                MANAGER,
                List.of(
                    new Member(
                        new ProcessId(20, 1020),
                        new Sample(3402 * PAGE, 200 * PAGE, new Detail.NotRead())),
                    new Member(
                        new ProcessId(21, 1021),
                        new Sample(3402 * PAGE, 300 * PAGE, new Detail.NotRead())))));
  }

  @Test
  void onlyThoseAskedForAreReadInDetail() {
    worker(20, 200);
    worker(21, 300);
    proc.file("20/smaps_rollup", "this would be refused");
    proc.file("21/smaps_rollup", KernelText.file("worker.smaps_rollup"));
    proc.file("meminfo", KernelText.file("no-swap.meminfo"));
    children("20 21 ");

    Snapshot snapshot = read(bytes -> bytes >= 300 * PAGE);

    assertThat(detail(snapshot, 0)).isEqualTo(new Detail.NotRead());
    assertThat(detail(snapshot, 1)).isInstanceOf(Rollup.class);
  }

  @Test
  void aDetailThatCannotBeReadIsUnreadableAndTheRestStays() {
    worker(20, 200);
    proc.folder("20/smaps_rollup");
    worker(21, 200);
    children("20 21 ");

    Snapshot snapshot = read(_ -> true);

    assertThat(detail(snapshot, 0)).isInstanceOf(Detail.Unreadable.class);
    assertThat(detail(snapshot, 1))
        .isInstanceOfSatisfying(
            Detail.Unreadable.class, no -> assertThat(no.reason()).contains("no smaps_rollup"));
  }

  private static Detail detail(Snapshot snapshot, int index) {
    return switch (snapshot.members().get(index).memory()) {
      case Sample sample -> sample.detail();
      case Reading other -> throw new AssertionError("no sample: " + other);
    };
  }

  @Test
  void zombiesKernelThreadsStrangersAndKidreaperItselfAreNoMembers() {
    long self = ProcessHandle.current().pid();
    worker(20, 200);
    process(21, 'Z', 10, 64);
    proc.file("21/statm", "0 0 0 0 0 0 0\n");
    process(22, 'I', 10, 0x200000);
    proc.file("22/statm", "0 0 0 0 0 0 0\n");
    process(23, 'S', 1, 64);
    proc.file("23/statm", "9 9 9 9 9 9 9\n");
    worker((int) self, 200);
    children("20 21 22 23 24 " + self + " ");

    assertThat(read(_ -> false).ids()).containsExactly(new ProcessId(20, 1020));
  }

  @Test
  void aWorkerWhoseFileCannotBeUnderstoodIsUnreadableAndNotNought() {
    process(20, 'S', 10, 64);
    proc.file("20/statm", "3402 29");
    children("20 ");

    assertThat(read(_ -> true).members().getFirst().memory())
        .isInstanceOfSatisfying(
            Reading.Unreadable.class, no -> assertThat(no.reason()).contains("cut short"));
  }

  @Test
  void aMemberThatTheListMissesIsStillOne() {
    worker(20, 200);
    worker(21, 300);
    children("20 21 ");
    try (ProcPool pool = pool(MANAGER)) {
      pool.read(_ -> false);
      children("21 ");

      assertThat(snapshot(pool.read(_ -> false)).members()).hasSize(2);
    }
  }

  @Test
  void aManagerWithAnotherStartTimeIsAnotherProcess() {
    children("");
    try (ProcPool pool = pool(new ProcessId(10, 7))) {
      assertThat(pool.read(_ -> false)).isInstanceOf(PoolReading.ManagerGone.class);
    }
  }

  @Test
  void aManagerThatIsAZombieHasEnded() {
    process(10, 'Z', 1, 64);
    children("");
    try (ProcPool pool = pool(MANAGER)) {
      assertThat(pool.read(_ -> false)).isInstanceOf(PoolReading.ManagerGone.class);
    }
  }

  @Test
  void forWantOfDescriptorsAManagerIsNotGone() {
    Libc full =
        new UnusableLibc() {
          @Override
          public int openForReading(String path) {
            return -Errno.EMFILE;
          }
        };
    try (ProcPool pool =
        new ProcPool(new ProcFs(full, root), full, new SystemFacts(PAGE, 100, 0), MANAGER)) {
      assertThat(pool.read(_ -> false)).isInstanceOf(PoolReading.Unreadable.class);
    }
  }

  @Test
  void childrenThatCannotBeListedAreNoEmptyPool() {
    proc.folder("10/task/10/children");
    try (ProcPool pool = pool(MANAGER)) {
      assertThat(pool.read(_ -> false)).isInstanceOf(PoolReading.Unreadable.class);
    }
  }
}
