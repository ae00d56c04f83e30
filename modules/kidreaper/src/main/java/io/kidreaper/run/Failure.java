package io.kidreaper.run;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** What an I/O failure means to people; the JDK's own messages are often the bare path. */
final class Failure {
  private Failure() {}

  static String words(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such folder";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> Objects.requireNonNullElse(e.getMessage(), e.toString());
    };
  }
}
