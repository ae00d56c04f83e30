package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kidreaper.linux.RunTime.Ran;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunTimeTest {
  private final ProcFs proc = new ProcFs(new NativeLibc(), Path.of("/proc"));

  @Test
  void readsTheFirstOfThreeNumbers() {
    assertThat(RunTime.parse(text("123456789 42 7\n"))).isEqualTo(123456789);
  }

  @Test
  void refusesWhatIsNoNumber() {
    assertThatThrownBy(() -> RunTime.parse(text("much 42 7\n")))
        .isInstanceOf(MalformedProcFileException.class);
    assertThatThrownBy(() -> RunTime.parse(text("")))
        .isInstanceOf(MalformedProcFileException.class);
  }

  /** cat sleeps until it is given something. */
  @Test
  void whoHasSleptIsStillAndWhoWasWokenIsNot() throws IOException {
    Process cat = new ProcessBuilder("cat").redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try (OutputStream in = cat.getOutputStream()) {
      int pid = (int) cat.pid();
      await().until(() -> isAsleep(pid));
      Ran before = RunTime.of(proc, pid).orElseThrow();
      assertThat(before.alone()).isTrue();
      assertThat(RunTime.isStill(proc, pid, before)).isTrue();
      in.write('x');
      in.flush();
      await().until(() -> !RunTime.isStill(proc, pid, before));
    } finally {
      cat.destroyForcibly();
    }
  }

  /** The main thread of a JVM sleeps while others run. */
  @Test
  void everyThreadCounts() {
    int self = (int) ProcessHandle.current().pid();
    Ran before = RunTime.of(proc, self).orElseThrow();
    assertThat(before.alone()).isFalse();
    await().until(() -> !RunTime.isStill(proc, self, before));
  }

  @Test
  void whoHasGoneHasNoneAndIsNotStill() throws IOException, InterruptedException {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    int pid = (int) gone.pid();
    assertThat(RunTime.of(proc, pid)).isEqualTo(Optional.empty());
    assertThat(RunTime.isStill(proc, pid, new Ran(0, true))).isFalse();
    assertThat(RunTime.isStill(proc, pid, new Ran(0, false))).isFalse();
  }

  /** Twice the same over a while, so that the start is over. */
  private boolean isAsleep(int pid) throws InterruptedException {
    Optional<Ran> first = RunTime.of(proc, pid);
    Thread.sleep(50);
    return first.isPresent() && first.equals(RunTime.of(proc, pid));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
