package io.kidreaper.command;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** An ordinary user who owns nothing, for what has to be tried across users. */
public final class Nobody {
  /** The user id, and the group id, of {@code nobody} on Debian. */
  public static final int USER_ID = 65_534;

  private Nobody() {}

  /** Skips a test that needs two users where the tests do not run as root. */
  public static void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  /** Gives a file away; a link itself, not what it leads to. */
  public static Path owns(Path file) {
    try {
      Files.setAttribute(file, "unix:uid", USER_ID, LinkOption.NOFOLLOW_LINKS);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
