package io.kidreaper.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who could have written the file is for the integration tests, which can be several users. */
class PidfileTest {
  @TempDir private Path folder;

  private Path pidfile() {
    return folder.resolve("app.pid");
  }

  private String refusal(String content) throws IOException {
    Files.writeString(pidfile(), content);
    return refusal();
  }

  private String refusal() {
    return switch (file().read()) {
      case Pidfile.Result.Refused(String reason) -> reason;
      case Pidfile.Result.Names(int pid) -> throw new AssertionError("names " + pid);
    };
  }

  private Pidfile file() {
    NativeLibc libc = new NativeLibc();
    return new Pidfile(libc, new ProcFs(libc, Path.of("/proc")), pidfile());
  }

  @ParameterizedTest
  @CsvSource({"'4711', 4711", "'4711\n', 4711", "' 4711 \r\n', 4711", "'0004711', 4711"})
  void aPidAloneIsOne(String text, int pid) {
    assertThat(Pidfile.pid(text.getBytes(UTF_8))).hasValue(pid);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\n",
        "0",
        "-1",
        "+1",
        "1 2",
        "1\n2\n",
        "12a",
        "0x10",
        "1.0",
        "2147483648",
        "18446744073709551615",
        "\u0661",
        "\0" + "12"
      })
  void anythingElseIsNone(String text) {
    assertThat(Pidfile.pid(text.getBytes(UTF_8))).isEmpty();
  }

  @Test
  void everyRefusalNamesTheFileAndTheReason() throws IOException {
    assertThat(refusal()).contains(pidfile().toString(), "no such file");
    assertThat(refusal("")).contains(pidfile().toString(), "is empty");
    assertThat(refusal("4711 4712\n")).contains("something other than one process id");
    assertThat(refusal("1".repeat(65))).contains("more than a process id");
    assertThat(refusal("2147483647\n")).contains("2147483647", "not running");
    assertThat(refusal(Long.toString(ProcessHandle.current().pid()))).contains("kidreaper itself");
  }

  @Test
  void aFolderIsNoPidfile() throws IOException {
    Files.createDirectory(pidfile());

    assertThat(refusal()).contains("is not a file");
  }

  @Test
  void thePidNowIsReadAnewAndUnknownWhileTheFileIsAway() throws IOException {
    Pidfile file = file();
    assertThat(file.pidNow()).isEmpty();
    Files.writeString(pidfile(), "12\n");
    assertThat(file.pidNow()).hasValue(12);
    Files.writeString(pidfile(), "");
    assertThat(file.pidNow()).as("being rewritten").isEmpty();
    Files.writeString(pidfile(), "13\n");
    assertThat(file.pidNow()).hasValue(13);
  }
}
