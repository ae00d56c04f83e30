package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.Rights.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is permitted, by a made-up /proc and a made-up kernel. */
class RightsTest {
  private static final String YAMA = "sys/kernel/yama/ptrace_scope";

  @TempDir private Path root;

  private FakeProc proc() {
    return new FakeProc(root);
  }

  private static Rights rights(FakeProc proc) {
    return new Rights(new UnusableLibc(), proc.fs());
  }

  private static String granted(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Granted.class);
    return ((Answer.Granted) answer).detail();
  }

  private static Answer.Denied denied(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Denied.class);
    return (Answer.Denied) answer;
  }

  @Test
  void memoryMayBeReadWhereTheRollupCan() {
    FakeProc proc = proc().file("20/smaps_rollup", KernelText.file("worker.smaps_rollup"));

    assertThat(granted(rights(proc).readMemory(20))).contains("process 20");
  }

  @Test
  void aRollupThatIsThereAndCannotBeReadTakesAnotherUser() {
    Answer.Denied denied = denied(rights(proc().folder("20/smaps_rollup")).readMemory(20));

    assertThat(denied.detail()).contains("20/smaps_rollup");
    assertThat(denied.remedy()).contains("root");
  }

  @Test
  void aProcessWithoutARollupHasEndedOrTheKernelIsOld() {
    assertThat(denied(rights(proc()).readMemory(20)).remedy()).contains("4.14");
  }

  /** A file of length 0, as a race with its process may leave it, is no reading. */
  @Test
  void anEmptyRollupIsNoRight() {
    denied(rights(proc().file("20/smaps_rollup", "")).readMemory(20));
  }

  @Test
  void tracingIsPermittedWhereTheCurrentCallCanBeRead() {
    FakeProc proc = proc().file("20/syscall", "running\n").file(YAMA, "1\n");

    assertThat(granted(rights(proc).trace(20)))
        .contains("process 20 may be traced", "kernel.yama.ptrace_scope is 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2", "3"})
  void whereTracingIsDeniedYamasSettingIsToldAndWhatToChange(String scope) {
    FakeProc proc = proc().folder("20/syscall").file(YAMA, scope + "\n");

    Answer.Denied denied = denied(rights(proc).trace(20));

    assertThat(denied.detail()).contains("kernel.yama.ptrace_scope is " + scope);
    assertThat(denied.remedy()).contains("CAP_SYS_PTRACE", "ptrace_scope = 0", "seen idle");
  }

  @Test
  void aKernelWithoutYamaSaysSo() {
    FakeProc proc = proc().file("20/syscall", "running\n");

    assertThat(granted(rights(proc).trace(20))).contains("no yama");
  }

  @Test
  void aProcessThatHasEndedIsNoQuestionOfRights() {
    assertThat(denied(rights(proc()).trace(20)).remedy()).contains("living process");
  }

  @Test
  void socketsCanBeTakenWhereAPidfdAndACopyCanBeHad() {
    Kernel kernel = new Kernel(7, 8);

    granted(new Rights(kernel, proc().fs()).takeSockets());
    assertThat(kernel.open).as("descriptors left open").isZero();
  }

  /** As in a process without a standard error: the call is there all the same. */
  @Test
  void aDescriptorThatIsNotThereIsNoMissingRight() {
    Kernel kernel = new Kernel(7, -Errno.EBADF);

    granted(new Rights(kernel, proc().fs()).takeSockets());
    assertThat(kernel.open).isZero();
  }

  @ParameterizedTest
  @CsvSource({"-38, 0, pidfd_open, 5.3", "7, -38, pidfd_getfd, 5.6", "7, -1, pidfd_getfd, seccomp"})
  void aCallThatIsMissingOrFilteredIsNamedWithItsKernel(
      int pidfd, int copy, String call, String remedy) {
    Kernel kernel = new Kernel(pidfd, copy);

    Answer.Denied denied = denied(new Rights(kernel, proc().fs()).takeSockets());

    assertThat(denied.detail()).startsWith(call + ": ");
    assertThat(denied.remedy()).contains(remedy);
    assertThat(kernel.open).isZero();
  }

  /** Answers as told, and counts what is open. */
  private static final class Kernel extends UnusableLibc {
    private final int pidfd;
    private final int copy;
    private int open;

    Kernel(int pidfd, int copy) {
      this.pidfd = pidfd;
      this.copy = copy;
    }

    @Override
    public int pidfdOpen(int pid) {
      return opened(pidfd);
    }

    @Override
    public int pidfdGetfd(int from, int target) {
      assertThat(from).isEqualTo(pidfd);
      return opened(copy);
    }

    private int opened(int descriptor) {
      open += descriptor >= 0 ? 1 : 0;
      return descriptor;
    }

    @Override
    public int close(int descriptor) {
      assertThat(descriptor).isIn(pidfd, copy);
      open--;
      return 0;
    }
  }
}
