package io.kidreaper.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Rollup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcFsTest {
  @TempDir private Path root;

  @Test
  void readsUnderItsRoot() {
    FakeProc proc =
        new FakeProc(root)
            .file("7/smaps_rollup", KernelText.file("worker.smaps_rollup"))
            .file("7/status", KernelText.file("worker.status"))
            .file("meminfo", KernelText.file("no-swap.meminfo"));

    assertThat(proc.fs().smapsRollup(7)).isInstanceOf(ProcRead.Found.class);
    assertThat(proc.fs().status(7)).isInstanceOf(ProcRead.Found.class);
    assertThat(proc.fs().meminfo()).isEqualTo(new ProcRead.Found<>(new MeminfoFile(0)));
  }

  @Test
  void aMissingFileIsGone() {
    assertThat(new FakeProc(root).fs().stat(7)).isEqualTo(new ProcRead.Gone<StatFile>());
  }

  @Test
  void aFileThatCannotBeReadIsNeitherGoneNorEmpty() {
    assertThat(Reads.failure(new FakeProc(root).folder("7/stat").fs().stat(7)))
        .startsWith("read ")
        .contains("7/stat");
  }

  @Test
  void aTextThatIsRefusedIsAFailedReadWithTheFilesName() {
    FakeProc proc = new FakeProc(root).file("7/smaps_rollup", "Rss: 12 kB\n");

    assertThat(proc.fs().smapsRollup(7))
        .isEqualTo(new ProcRead.Failed<Rollup>(root + "/7/smaps_rollup: there is no line Pss"));
  }

  @Test
  void anEmptyFileIsEmpty() {
    assertThat(found(new FakeProc(root).file("empty", "").fs(), "empty")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4095, 4096, 16383, 16384, 16385, 65536, 65537, 300_000})
  void aFileOfAnySizeIsReadToItsLastByte(int size) {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    FakeProc proc = new FakeProc(root).file("large", content).file("small", "x");

    assertThat(found(proc.fs(), "large")).isEqualTo(content);
    assertThat(found(proc.fs(), "small")).as("nothing of the larger one is left").hasSize(1);
  }

  /** The list of a manager's children comes like this, and the first 4 KB hold some 680 pids. */
  @Test
  void whatTheKernelGivesAPageAtATimeIsReadToItsEnd() {
    String maps = new String(found(realProc(), "self/maps"), UTF_8);

    assertThat(maps.length()).isGreaterThan(3 * 4096);
    assertThat(maps).contains("[stack]").endsWith("\n");
  }

  @Test
  void anInterruptedReadIsMadeAgainAndEveryDescriptorClosed() {
    ScriptedLibc libc = new ScriptedLibc(-Errno.EINTR, 3, -Errno.EINTR, 2, 0);

    assertThat(found(new ProcFs(libc, root), "x")).containsExactly(0, 0, 0, 1, 1);
    assertThat(libc.closed).containsExactly(ScriptedLibc.DESCRIPTOR);
  }

  @Test
  void aProcessThatEndsBetweenTwoReadsLeavesNoHalfAText() {
    ScriptedLibc libc = new ScriptedLibc(3, -Errno.ESRCH);

    assertThat(new ProcFs(libc, root).bytes("x")).isEqualTo(new ProcRead.Gone<byte[]>());
    assertThat(libc.closed).containsExactly(ScriptedLibc.DESCRIPTOR);
  }

  @Test
  void aReadThatFailsSaysWhatAndWhy() {
    ScriptedLibc libc = new ScriptedLibc(-Errno.EACCES);

    assertThat(new ProcFs(libc, Path.of("/p")).bytes("7/smaps_rollup"))
        .isEqualTo(
            new ProcRead.Failed<byte[]>("read /p/7/smaps_rollup: EACCES (permission denied)"));
  }

  private static byte[] found(ProcFs proc, String file) {
    return Reads.found(proc.bytes(file));
  }

  private static ProcFs realProc() {
    return new ProcFs(new NativeLibc(), Path.of("/proc"));
  }

  /** Answers each read as it was told, with the number of reads so far as every byte. */
  private static final class ScriptedLibc extends UnusableLibc {
    static final int DESCRIPTOR = 42;

    private final int[] answers;
    private final List<Integer> closed = new ArrayList<>();
    private int reads;
    private byte mark;

    ScriptedLibc(int... answers) {
      this.answers = answers;
    }

    @Override
    public int openForReading(String path) {
      return DESCRIPTOR;
    }

    @Override
    public long pread(int fd, byte[] into, int at, int count, long offset) {
      int answer = answers[reads++];
      Arrays.fill(into, at, at + Math.max(0, answer), mark);
      if (answer > 0) {
        mark++;
      }
      return answer;
    }

    @Override
    public int close(int fd) {
      closed.add(fd);
      return 0;
    }
  }
}
