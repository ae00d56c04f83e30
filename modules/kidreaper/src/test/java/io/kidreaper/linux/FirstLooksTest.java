package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Duty;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstLooksTest {
  private static final long KB = 1024;

  @TempDir private Path root;
  private FakeProc proc;
  private FirstLooks looks;

  @BeforeEach
  void make() {
    proc = new FakeProc(root);
    looks = new FirstLooks(proc.fs());
  }

  private static ProcessId id(int pid) {
    return new ProcessId(pid, 1_000L + pid);
  }

  private void worker(int pid, long privateKb, long faults) {
    worker(pid, privateKb, faults, 1_000L + pid);
  }

  private void worker(int pid, long privateKb, long faults, long startTicks) {
    proc.file(
        pid + "/stat",
        "%d (w) S 10 1 1 0 -1 64 %d 0 0 0 0 0 0 0 20 0 1 0 %d 4096 1 \n"
            .formatted(pid, faults, startTicks));
    proc.file(
        pid + "/smaps",
        """
        55d000000000-55d000021000 rw-p 00000000 00:00 0          [heap]
        Rss: %1$d kB
        Pss: %1$d kB
        Shared_Clean: 0 kB
        Shared_Dirty: 0 kB
        Private_Clean: 0 kB
        Private_Dirty: %1$d kB
        Anonymous: %1$d kB
        LazyFree: 0 kB
        AnonHugePages: 0 kB
        Shared_Hugetlb: 0 kB
        Private_Hugetlb: 0 kB
        Swap: 0 kB
        SwapPss: 0 kB
        """
            .formatted(privateKb));
  }

  private void follow(int... pids) {
    looks.follow(
        IntStream.of(pids)
            .mapToObj(pid ->
                new Member(
                    id(pid),
                    new Sample(0, 0, new Detail.NotRead()),
                    OptionalLong.empty(),
                    Duty.UNKNOWN))
            .toList());
  }

  private void lookAtAll() {
    while (looks.isDue()) {
      looks.lookAtOne();
    }
  }

  @Test
  void whatAWorkerHadAtFirstStaysAsItWas() {
    worker(20, 800, 7);
    follow(20);
    assertThat(looks.of(20)).isEmpty();
    lookAtAll();
    worker(20, 90_000, 9_000);
    follow(20);
    assertThat(looks.isDue()).isFalse();

    FirstLooks.First first = looks.of(20).orElseThrow();
    assertThat(first.worker()).isEqualTo(id(20));
    assertThat(first.footing().privateBytes()).isEqualTo(800 * KB);
    assertThat(first.footing().minorFaults()).isEqualTo(7);
    assertThat(first.othersEnded()).isFalse();
  }

  @Test
  void oneAtATimeIsLookedAt() {
    worker(20, 800, 0);
    worker(21, 800, 0);
    follow(20, 21);
    looks.lookAtOne();
    assertThat(looks.of(20).isPresent() ^ looks.of(21).isPresent()).isTrue();
    assertThat(looks.isDue()).isTrue();
  }

  @Test
  void whoHasEndedIsForgottenAndTheOthersKnowOfIt() {
    worker(20, 800, 0);
    worker(21, 900, 0);
    follow(20, 21);
    lookAtAll();
    follow(21);
    assertThat(looks.of(20)).isEmpty();
    assertThat(looks.of(21).orElseThrow().othersEnded()).isTrue();

    worker(22, 100, 0);
    follow(21, 22);
    lookAtAll();
    assertThat(looks.of(22).orElseThrow().othersEnded()).as("ended before it came").isFalse();
  }

  @Test
  void whoEndedBeforeItWasLookedAtIsNobodyAnyMore() {
    worker(20, 800, 0);
    follow(20);
    follow();
    assertThat(looks.isDue()).isFalse();
  }

  @Test
  void anotherProcessOfThatPidAndOneThatCannotBeReadAreLetBe() {
    worker(20, 800, 0, 5);
    follow(20, 21);
    lookAtAll();
    assertThat(looks.of(20)).isEmpty();
    assertThat(looks.of(21)).isEmpty();
  }
}
