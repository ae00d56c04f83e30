package io.kidreaper.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * One test's private directory, deleted on close. Its path is short, since a unix socket's has to
 * fit in 108 bytes, and others may enter it, since some servers change their user.
 *
 * <p>With the system property {@code testbed.keep} set it is left behind, to be looked at.
 */
public final class TempDir implements AutoCloseable {
  private final Path root;

  private TempDir(Path root) {
    this.root = root;
  }

  /** A new, empty directory whose name starts with the given word. */
  public static TempDir create(String prefix) {
    try {
      Path root = Files.createTempDirectory("kr-" + prefix + "-");
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
      return new TempDir(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A path inside, whether or not anything is there. */
  public Path path(String name) {
    return root.resolve(name);
  }

  /** Writes a text file and gives its path. */
  public Path write(String name, String text) {
    try {
      Path file = path(name);
      Files.createDirectories(parentOf(file));
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a directory and gives its path. */
  public Path directory(String name) {
    try {
      return Files.createDirectories(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts a copy of {@code resources/testbed/NAME} at the same place inside and gives its path. */
  public Path resource(String name) {
    return resource("/testbed/" + name, name);
  }

  /** Puts a copy of any resource of the tests inside, under a name, and gives its path. */
  public Path resource(String resource, String name) {
    Path file = path(name);
    try (InputStream in = TempDir.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + resource);
      }
      Files.createDirectories(parentOf(file));
      Files.write(file, in.readAllBytes());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path parentOf(Path file) {
    Path parent = file.getParent();
    return parent == null ? root : parent;
  }

  @Override
  public void close() {
    if (Boolean.getBoolean("testbed.keep")) {
      return;
    }
    try {
      Files.walkFileTree(root, new Deleting());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return root.toString();
  }

  private static final class Deleting extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    // A server that is being ended may still take a temporary file of its own away.
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException gone) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
