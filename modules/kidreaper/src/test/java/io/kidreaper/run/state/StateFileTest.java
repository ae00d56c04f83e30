package io.kidreaper.run.state;

import static io.kidreaper.run.state.Folders.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.command.Nobody;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written is what is read, and what somebody else has written is not believed. */
class StateFileTest {
  @TempDir private Path parent;
  private StateFolder folder;
  private StateFile file;

  @BeforeEach
  void make() {
    folder = Folders.in(parent);
    file = new StateFile(folder, SHOP);
  }

  private Path path() {
    return folder.state(SHOP);
  }

  private void refused(String... words) {
    assertThat(file.read())
        .isInstanceOfSatisfying(
            StateFile.Read.Refused.class,
            refused -> assertThat(refused.reason()).contains(words).contains(path().toString()));
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    assertThat(file.read()).isEqualTo(new StateFile.Read.Missing());
    file.write(Folders.pool(4720, 4721));
    assertThat(file.read()).isEqualTo(new StateFile.Read.Found(Folders.pool(4720, 4721)));
    file.write(Folders.pool());
    assertThat(file.read()).isEqualTo(new StateFile.Read.Found(Folders.pool()));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
        .isEqualTo("rw-------");
    try (Stream<Path> all = Files.list(folder.path())) {
      assertThat(all).containsExactly(path());
    }
    file.delete();
    assertThat(file.read()).isEqualTo(new StateFile.Read.Missing());
  }

  @Test
  void aFailedWriteLeavesTheFormerStateAsItWas() throws IOException {
    file.write(Folders.pool(4720));
    // In the way of the new file, and not to be removed like one.
    Path inTheWay = Files.createDirectory(folder.path().resolve(".shop.json.new"));
    Files.writeString(inTheWay.resolve("x"), "");
    assertThatThrownBy(() -> file.write(Folders.pool(4721))).isInstanceOf(IOException.class);
    assertThat(file.read()).isEqualTo(new StateFile.Read.Found(Folders.pool(4720)));
  }

  /** Every prefix of a good file, as a crash of the machine might leave it. */
  @Test
  void aTornFileIsRefused() throws IOException {
    file.write(Folders.pool(4720));
    byte[] whole = Files.readAllBytes(path());
    for (int length = 0; length < whole.length - 1; length++) {
      Files.write(path(), Arrays.copyOf(whole, length));
      assertThat(file.read()).as("%d bytes", length).isInstanceOf(StateFile.Read.Refused.class);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\":1           | \"version\":2          | is of version 2",
        "\"version\":1,          | ''                     | no \"version\"",
        "\"name\":\"shop\"       | \"name\":\"wiki\"      | is of another pool",
        "\"name\":\"shop\"       | \"name\":\"../x\"      | not a pool's name",
        "\"pid\":4720            | \"pid\":0              | \"pid\"",
        "\"pid\":4720            | \"pid\":99999999999    | \"pid\"",
        "\"startTicks\":4820     | \"startTicks\":\"x\"   | \"startTicks\"",
        "\"socketInode\":1234    | \"socketinode\":1234   | \"socketInode\"",
        "unix:/run/shop.sock     | run/shop.sock          | listen address",
        "\"workers\":[           | \"workers\":[7,        | \"workers\"",
      })
  void whatWasChangedIsRefused(String good, String bad, String why) throws IOException {
    file.write(Folders.pool(4720));
    String text = Files.readString(path());
    assertThat(text).contains(good);
    Files.writeString(path(), text.replace(good, bad));
    refused(why);
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    Files.write(path(), new byte[] {(byte) 0xff, 0, 1});
    Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-------"));
    refused("cannot be read");
    Files.write(path(), "\0".repeat(50).getBytes(StandardCharsets.US_ASCII));
    refused("JSON");
  }

  @Test
  void oneThatOthersMayWriteIsRefused() throws IOException {
    file.write(Folders.pool(4720));
    Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-rw----"));
    refused("may be written by others");
  }

  @Test
  void oneOfAnotherUserIsRefused() throws IOException {
    Nobody.needsRoot();
    file.write(Folders.pool(4720));
    Nobody.owns(path());
    refused("belongs to user " + Nobody.USER_ID);
  }

  @Test
  void aLinkIsNotFollowedAndAPipeNotWaitedFor() throws Exception {
    file.write(Folders.pool(4720));
    Path elsewhere = Files.move(path(), parent.resolve("elsewhere.json"));
    Files.createSymbolicLink(path(), elsewhere);
    refused("is not a file");
    Files.delete(path());
    assertThat(new ProcessBuilder("mkfifo", path().toString()).start().waitFor()).isZero();
    refused("is not a file");
  }

  @Test
  void aHugeOneIsNotReadAtAll() throws IOException {
    file.write(Folders.pool(4720));
    try (RandomAccessFile sparse = new RandomAccessFile(path().toFile(), "rw")) {
      sparse.setLength(1L << 40);
    }
    refused("larger than any state");
  }
}
