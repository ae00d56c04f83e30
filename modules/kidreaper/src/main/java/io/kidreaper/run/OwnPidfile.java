package io.kidreaper.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The file that tells others kidreaper's pid. It appears whole or not at all, since a script may
 * read it at any moment; and a link in its place is replaced, not followed.
 */
final class OwnPidfile implements AutoCloseable {
  private final Path path;
  private final String content = ProcessHandle.current().pid() + "\n";

  private OwnPidfile(Path path) {
    this.path = path.toAbsolutePath();
  }

  /** What came of writing it. */
  sealed interface Written {
    record Done(OwnPidfile file) implements Written {}

    record Failed(String reason) implements Written {}
  }

  static Written write(Path path) {
    OwnPidfile file = new OwnPidfile(path);
    Optional<String> failed = file.write();
    return failed.isPresent() ? new Written.Failed(failed.get()) : new Written.Done(file);
  }

  private Optional<String> write() {
    Path temporary = path.resolveSibling("." + path.getFileName() + "." + content.strip());
    try {
      Files.writeString(temporary, content, StandardCharsets.US_ASCII);
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return Optional.empty();
    } catch (IOException e) {
      discard(temporary);
      return Optional.of("cannot write the pidfile " + path + ": " + Failure.words(e));
    }
  }

  /** Removes it if it is still ours. */
  @Override
  public void close() {
    try {
      if (Files.readString(path, StandardCharsets.US_ASCII).equals(content)) {
        Files.delete(path);
      }
    } catch (IOException e) {
      // Somebody has removed or replaced it already: then it is not ours to remove.
    }
  }

  private static void discard(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // A folder that takes no file gives none back either.
    }
  }
}
