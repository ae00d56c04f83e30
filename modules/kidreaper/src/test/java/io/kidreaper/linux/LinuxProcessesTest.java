package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.ProcessRef;
import io.kidreaper.retire.Processes.Opened;
import io.kidreaper.retire.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinuxProcessesTest {
  private static final ProcessId WORKER = new ProcessId(20, 345830);
  private static final String STAT =
      "20 (worker) S 10 1 1 0 -1 64 0 0 0 0 0 0 0 0 20 0 1 0 345830 4096 1 \n";

  @TempDir private Path root;

  private final Pidfds libc = new Pidfds();

  private Opened open() {
    return new LinuxProcesses(libc, new FakeProc(root).fs(), new SystemFacts(4096, 100, 0))
        .open(WORKER);
  }

  private ProcessRef here() {
    return switch (open()) {
      case Opened.Here(ProcessRef process) -> process;
      case Opened other -> throw new AssertionError("not here: " + other);
    };
  }

  @Test
  void theSamePidAndStartTimeIsTheProcess() {
    new FakeProc(root).file("20/stat", STAT);

    try (ProcessRef process = here()) {
      assertThat(process.id()).isEqualTo(WORKER);
      assertThat(process.parentPid()).isEqualTo(10);
    }

    assertThat(libc.calls).containsExactly("open 20", "close 7");
  }

  @Test
  void aPidThatIsAnotherProcesssByNowIsLetGoWithoutASignal() {
    new FakeProc(root).file("20/stat", STAT.replace("345830", "345831"));

    assertThat(open()).isEqualTo(new Opened.Gone(true));
    assertThat(libc.calls).containsExactly("open 20", "close 7");
  }

  @Test
  void oneThatHasEndedIsGone() {
    assertThat(open()).isEqualTo(new Opened.Gone(false));
    assertThat(libc.calls).containsExactly("open 20", "close 7");

    libc.openResult = -Errno.ESRCH;
    assertThat(open()).isEqualTo(new Opened.Gone(false));
  }

  @Test
  void oneWhoseStartTimeCannotBeReadIsRefused() {
    new FakeProc(root).file("20/stat", "20 (cut");

    assertThat(open()).isInstanceOf(Opened.Refused.class);
    assertThat(libc.calls).containsExactly("open 20", "close 7");
  }

  @ParameterizedTest
  @CsvSource({"24, ulimit -n", "38, Linux 5.3", "1, EPERM", "12, ENOMEM"})
  void whatTheSystemRefusesIsSaid(int errno, String words) {
    libc.openResult = -errno;

    assertThat(open())
        .isInstanceOfSatisfying(
            Opened.Refused.class, refused -> assertThat(refused.reason()).contains(words));
  }

  @Test
  void aSignalGoesThroughTheDescriptor() {
    new FakeProc(root).file("20/stat", STAT);
    try (ProcessRef process = here()) {
      assertThat(process.send(Signal.USR1)).isEqualTo(new ProcessRef.Sent.Done());
      libc.signalResult = -Errno.ESRCH;
      assertThat(process.send(Signal.HUP)).isEqualTo(new ProcessRef.Sent.Gone());
      libc.signalResult = -Errno.EPERM;
      assertThat(process.send(Signal.HUP))
          .isInstanceOfSatisfying(
              ProcessRef.Sent.Refused.class,
              refused -> assertThat(refused.reason()).contains("run as root"));
    }

    assertThat(libc.calls)
        .containsExactly("open 20", "signal 10 to 7", "signal 1 to 7", "signal 1 to 7", "close 7");
  }

  @Test
  void onceItHasEndedNothingThatItsPidSaysCounts() {
    new FakeProc(root)
        .file("20/stat", STAT)
        .file("20/statm", "3402 2956 117 1 0 2872 0\n")
        .file("20/smaps_rollup", KernelText.file("worker.smaps_rollup"));
    try (ProcessRef process = here()) {
      assertThat(process.memory())
          .isInstanceOfSatisfying(
              Sample.class, sample -> assertThat(sample.rssBytes()).isEqualTo(2956 * 4096));

      libc.ended = true;

      assertThat(process.parentPid()).isZero();
      assertThat(process.memory()).isEqualTo(new Reading.Vanished());
      assertThat(process.ended(Duration.ZERO)).isTrue();
    }
  }

  @Test
  void closingTwiceClosesOnce() {
    new FakeProc(root).file("20/stat", STAT);
    ProcessRef process = here();

    process.close();
    process.close();

    assertThat(libc.calls).containsExactly("open 20", "close 7");
  }

  @Test
  void aSignalWhileItWaitsDoesNotEndTheWait() {
    new FakeProc(root).file("20/stat", STAT);
    try (ProcessRef process = here()) {
      libc.interruptions = 3;
      assertThat(process.ended(Duration.ofMillis(1))).isFalse();
      assertThat(libc.interruptions).isZero();
    }
  }

  /** Pidfds without processes: the files of FakeProc say who they are. */
  private static final class Pidfds extends UnusableLibc {
    private final List<String> calls = new ArrayList<>();
    private int openResult = 7;
    private int signalResult;
    private int interruptions;
    private boolean ended;

    @Override
    public int pidfdOpen(int pid) {
      calls.add("open " + pid);
      return openResult;
    }

    @Override
    public int pidfdSendSignal(int pidfd, int signal) {
      calls.add("signal " + signal + " to " + pidfd);
      return signalResult;
    }

    @Override
    public int pollReadable(int fd, int timeoutMillis) {
      if (interruptions > 0) {
        interruptions--;
        return -Errno.EINTR;
      }
      return ended ? 1 : 0;
    }

    @Override
    public int close(int fd) {
      calls.add("close " + fd);
      return 0;
    }
  }
}
