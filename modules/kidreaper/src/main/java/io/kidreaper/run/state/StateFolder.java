package io.kidreaper.run.state;

import io.kidreaper.linux.FileTrust;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder in which each pool has a state ({@code NAME.json}), a lock ({@code NAME.lock}) and a
 * control socket ({@code NAME.sock}). Only its owner and root may write in it: whoever could would
 * decide which processes kidreaper takes for its workers.
 */
public final class StateFolder {
  private static final String STATE = ".json";
  private static final String LOCK = ".lock";
  private static final String SOCKET = ".sock";

  /** What came of opening the folder. */
  public sealed interface Opened {
    record Open(StateFolder folder) implements Opened {}

    /** There is none, and it was not to be made. */
    record Missing(Path path) implements Opened {}

    /**
     * @param reason a sentence that names the folder and says what to do
     */
    record Refused(String reason) implements Opened {}
  }

  private final Path path;
  private final int ourUserId;

  private StateFolder(Path path, int ourUserId) {
    this.path = path;
    this.ourUserId = ourUserId;
  }

  /**
   * Where it is if nobody says otherwise: {@code /run/kidreaper} for root, in {@code
   * $XDG_RUNTIME_DIR} or {@code /tmp} for others.
   *
   * @param ourUserId our effective user id
   */
  public static Path standard(int ourUserId, Map<String, String> environment) {
    if (ourUserId == 0) {
      return Path.of("/run/kidreaper");
    }
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    return runtime.startsWith("/")
        ? Path.of(runtime, "kidreaper")
        : Path.of("/tmp/kidreaper-" + Integer.toUnsignedString(ourUserId));
  }

  /** Opens the folder, and makes it first where it is missing: for {@code run}. */
  public static Opened make(Path path, int ourUserId) {
    try {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      // Looked at below.
    } catch (NoSuchFileException e) {
      return refused(path, "cannot be made: there is no folder " + path.getParent());
    } catch (IOException e) {
      return refused(
          path, "cannot be made (" + e.getMessage() + "); name another with --state DIR");
    }
    return open(path, ourUserId);
  }

  /** Opens the folder if it is there: for {@code ctl}. */
  public static Opened open(Path path, int ourUserId) {
    try {
      if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return new Opened.Missing(path);
      }
      Optional<String> doubt =
          new FileTrust(ourUserId, "the one who runs kidreaper").doubt(path, path);
      if (doubt.isPresent()) {
        return refused(path, doubt.get() + "; name another with --state DIR");
      }
      if (!Files.isDirectory(path)) {
        return refused(path, "is not a folder; name another with --state DIR");
      }
      return new Opened.Open(new StateFolder(path, ourUserId));
    } catch (IOException e) {
      return refused(path, "cannot be looked at: " + e);
    }
  }

  public Path path() {
    return path;
  }

  /** Our effective user id, whose files are believed. */
  int ourUserId() {
    return ourUserId;
  }

  /** The file of a pool's state. */
  public Path state(PoolName name) {
    return path.resolve(name + STATE);
  }

  /** The file that a pool's kidreaper keeps locked. */
  public Path lock(PoolName name) {
    return path.resolve(name + LOCK);
  }

  /** The control socket of a pool's kidreaper. */
  public Path socket(PoolName name) {
    return path.resolve(name + SOCKET);
  }

  /** The pools that have a control socket, running or not, by name. */
  public List<PoolName> pools() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(SOCKET))
          .map(file -> file.substring(0, file.length() - SOCKET.length()))
          .filter(PoolName::isName)
          .map(PoolName::new)
          .sorted()
          .toList();
    } catch (NotDirectoryException | NoSuchFileException e) {
      return List.of();
    }
  }

  private static Opened refused(Path path, String why) {
    return new Opened.Refused("the state folder " + path + " " + why);
  }
}
