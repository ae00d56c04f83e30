package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineFileTest {
  @TempDir private Path root;

  private String read(byte[] cmdline) {
    return CommandLineFile.read(new FakeProc(root).file("7/cmdline", cmdline).fs(), 7, "name");
  }

  private String read(String cmdline) {
    return read(KernelText.bytes(cmdline));
  }

  @Test
  void argumentsAreSeparatedByBlanks() {
    assertThat(read("perl\0myapp_fastcgi.pl\0-n\0005\0")).isEqualTo("perl myapp_fastcgi.pl -n 5");
    assertThat(read("php-fpm: pool www\0\0\0\0\0")).isEqualTo("php-fpm: pool www");
  }

  @Test
  void whatHasNoCommandLineIsCalledByItsName() {
    assertThat(read("")).isEqualTo("name");
    assertThat(CommandLineFile.read(new FakeProc(root).fs(), 8, "gone\n")).isEqualTo("gone");
    assertThat(CommandLineFile.read(new FakeProc(root).folder("9/cmdline").fs(), 9, "dir"))
        .isEqualTo("dir");
  }

  /** A process writes its own command line: an escape sequence or a reversed text may be in it. */
  @Test
  void nothingInItReachesTheTerminalAsACommand() {
    assertThat(read("a\u001b[2Jb\nc\td\u009be\u202ef\u007fg")).isEqualTo("a?[2Jb?c?d?e?f?g");
  }

  @Test
  void aLongOneIsCutBetweenLetters() {
    String moon = "\ud83c\udf19";

    assertThat(read(moon.repeat(100))).isEqualTo(moon.repeat(100));
    assertThat(read(moon.repeat(101))).isEqualTo(moon.repeat(97) + "...");
    assertThat(read("x".repeat(70_000))).isEqualTo("x".repeat(97) + "...");
  }

  @Test
  void bytesThatAreNoTextAreReplaced() {
    assertThat(read(new byte[] {'a', (byte) 0xff, 'b'})).isEqualTo("a\ufffdb");
  }
}
