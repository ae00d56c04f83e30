package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.pool.ProcessId;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The glance is certain that nobody reaches the limit, or it says no. */
class VirtualSizesTest {
  private static final ProcessId MANAGER = new ProcessId(10, 1010);

  @TempDir private Path root;

  private FakeProc proc;

  @BeforeEach
  void twoWorkers() {
    proc = new FakeProc(root);
    process(10, 1, 999_999);
    process(11, 10, 100_000);
    process(12, 10, 200_000);
    proc.file("10/task/10/children", "11 12 ");
  }

  private void process(int pid, int parent, long vszBytes) {
    proc.file(
        pid + "/stat",
        "%d (a b) c) S %d 1 1 0 -1 64 0 0 0 0 0 0 0 0 20 0 1 0 %d %d 1 \n"
            .formatted(pid, parent, 1000 + pid, vszBytes));
  }

  private boolean allBelow(long vszBytes) {
    return new VirtualSizes(proc.fs()).allBelow(MANAGER, vszBytes);
  }

  @Test
  void aWorkerAtTheLimitIsNotBelowIt() {
    assertThat(allBelow(200_001)).isTrue();
    assertThat(allBelow(200_000)).isFalse();
  }

  @Test
  void aWorkerThatHasEndedMeanwhileIsNobody() {
    proc.file("10/task/10/children", "11 12 13 ");

    assertThat(allBelow(200_001)).isTrue();
  }

  @Test
  void aPidThatIsAnothersChildByNowIsNobody() {
    process(12, 1, 900_000);

    assertThat(allBelow(200_001)).isTrue();
  }

  @Test
  void aWorkerThatCannotBeReadIsNotKnownToBeBelow() {
    proc.file("12/stat", "12 (no end");

    assertThat(allBelow(200_001)).isFalse();
  }

  @Test
  void aManagerWhoseChildrenCannotBeListedIsWorthACloserLook() {
    proc.file("10/task/10/children", "11 twelve ");

    assertThat(allBelow(200_001)).isFalse();
  }
}
