package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** It answers as the kernel does, errno included, whoever did the reading. */
class OneShotLibcTest {
  private static final byte[] BUFFER = new byte[4096];

  private final Libc libc = new OneShotLibc();

  @Test
  void readsAFileOfProcFromAnyOffset() throws IOException {
    byte[] release = Files.readAllBytes(Path.of("/proc/sys/kernel/osrelease"));
    int fd = libc.openForReading("/proc/sys/kernel/osrelease");

    assertThat(libc.pread(fd, BUFFER, 10, 100, 0)).isEqualTo(release.length);
    assertThat(Arrays.copyOfRange(BUFFER, 10, 10 + release.length)).isEqualTo(release);
    assertThat(libc.pread(fd, BUFFER, 0, 100, release.length)).isZero();
    assertThat(libc.pread(fd, BUFFER, 0, 3, 1)).isEqualTo(3);
    assertThat(Arrays.copyOf(BUFFER, 3)).isEqualTo(Arrays.copyOfRange(release, 1, 4));
    assertThat(libc.close(fd)).isZero();
  }

  @Test
  void aFileThatIsNotThereAndOneThatIsAFolderHaveTheirErrno() {
    assertThat(libc.openForReading("/proc/self/no-such-file")).isEqualTo(-Errno.ENOENT);

    int folder = libc.openForReading("/proc/self");
    assertThat(libc.pread(folder, BUFFER, 0, 10, 0)).isEqualTo(-21 /* EISDIR */);
    assertThat(libc.close(folder)).isZero();
  }

  @Test
  void aFileOfAProcessThatHasEndedIsGone() throws IOException {
    Process process = new ProcessBuilder("cat").start();
    int fd = libc.openForReading("/proc/" + process.pid() + "/statm");
    assertThat(libc.pread(fd, BUFFER, 0, 192, 0)).isPositive();

    process.getOutputStream().close();

    await()
        .untilAsserted(
            () -> assertThat(libc.pread(fd, BUFFER, 0, 192, 0)).isEqualTo(-(long) Errno.ESRCH));
    libc.close(fd);
  }

  @Test
  void neitherAFileNorTheNullDeviceIsATerminal(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    int fd = libc.openForReading(file.toString());
    int nothing = libc.openForReading("/dev/null");

    assertThat(libc.isTerminal(fd)).isFalse();
    assertThat(libc.isTerminal(nothing)).isFalse();
    libc.close(fd);
    libc.close(nothing);
  }
}
