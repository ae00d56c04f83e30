package io.kidreaper.run.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.command.Nobody;
import io.kidreaper.linux.NativeLibc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFolderTest {
  private static final int ME = new NativeLibc().effectiveUserId();

  @TempDir private Path parent;

  private Path path() {
    return parent.resolve("state");
  }

  private void refused(StateFolder.Opened opened, String... words) {
    assertThat(opened)
        .isInstanceOfSatisfying(
            StateFolder.Opened.Refused.class,
            refused -> assertThat(refused.reason()).contains(words));
  }

  @Test
  void whereItIsDependsOnTheUser() {
    Map<String, String> environment = Map.of("XDG_RUNTIME_DIR", "/run/user/1000");
    assertThat(StateFolder.standard(0, environment)).hasToString("/run/kidreaper");
    assertThat(StateFolder.standard(1000, environment)).hasToString("/run/user/1000/kidreaper");
    assertThat(StateFolder.standard(1000, Map.of())).hasToString("/tmp/kidreaper-1000");
    assertThat(StateFolder.standard(1000, Map.of("XDG_RUNTIME_DIR", "not/absolute")))
        .hasToString("/tmp/kidreaper-1000");
  }

  @Test
  void itIsMadeForItsOwnerAlone() throws IOException {
    assertThat(StateFolder.open(path(), ME)).isEqualTo(new StateFolder.Opened.Missing(path()));
    assertThat(StateFolder.make(path(), ME)).isInstanceOf(StateFolder.Opened.Open.class);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
        .isEqualTo("rwx------");
    assertThat(StateFolder.make(path(), ME)).isInstanceOf(StateFolder.Opened.Open.class);
    assertThat(StateFolder.open(path(), ME)).isInstanceOf(StateFolder.Opened.Open.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxrwx", "rwx----w-"})
  void oneThatOthersMayWriteInIsRefused(String mode) throws IOException {
    Files.createDirectory(path());
    Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString(mode));
    refused(StateFolder.make(path(), ME), path().toString(), "everybody may write", "--state DIR");
  }

  /** In a sticky folder others cannot remove what is ours, but they can put in their own. */
  @Test
  void aSharedFolderIsNoStateFolderEither() throws IOException {
    Files.createDirectory(path());
    Files.setAttribute(path(), "unix:mode", 01777);
    refused(StateFolder.open(path(), ME), "everybody may write");
  }

  @Test
  void oneBelowAFolderThatOthersMayWriteInIsRefused() throws IOException {
    Files.createDirectory(path());
    Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rwxrwxrwx"));
    refused(StateFolder.make(path().resolve("mine"), ME), "everybody may write to its folder");
  }

  @Test
  void oneOfAnotherUserIsRefused() throws IOException {
    Nobody.needsRoot();
    Files.createDirectory(path());
    Nobody.owns(path());
    refused(StateFolder.make(path(), ME), "belongs to user " + Nobody.USER_ID);
  }

  @Test
  void aLinkOfAnotherUserIsRefused() throws IOException {
    Nobody.needsRoot();
    Files.createDirectory(path());
    Path link = Files.createSymbolicLink(parent.resolve("link"), path());
    assertThat(StateFolder.open(link, ME)).isInstanceOf(StateFolder.Opened.Open.class);
    Nobody.owns(link);
    refused(StateFolder.open(link, ME), "is a link that belongs to user " + Nobody.USER_ID);
  }

  @Test
  void whatIsNoFolderIsRefused() throws IOException {
    Files.writeString(path(), "");
    refused(StateFolder.make(path(), ME), "is not a folder");
  }

  @Test
  void aLinkToNowhereIsRefused() throws IOException {
    Files.createSymbolicLink(path(), parent.resolve("nowhere"));
    refused(StateFolder.make(path(), ME), path().toString());
  }

  @Test
  void withoutItsParentItIsNotMade() {
    refused(StateFolder.make(path().resolve("sub"), ME), "there is no folder " + path());
  }

  @Test
  void itListsTheNamesOfItsSockets() throws IOException {
    StateFolder folder = ((StateFolder.Opened.Open) StateFolder.make(path(), ME)).folder();
    for (String name : new String[] {"b.sock", "a-1.sock", "c.json", ".sock", ".x.sock", "d"}) {
      Files.writeString(path().resolve(name), "");
    }
    assertThat(folder.pools()).containsExactly(new PoolName("a-1"), new PoolName("b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", ".hidden", "-x", "a b", "ä", "a\n", "a\0"})
  void whatCouldNameAnotherFileIsNoName(String text) {
    assertThatThrownBy(() -> new PoolName(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("for example shop-1");
  }

  @Test
  void aNameIsNotTooLong() {
    assertThat(new PoolName("x".repeat(64))).hasToString("x".repeat(64));
    assertThatThrownBy(() -> new PoolName("x".repeat(65)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
