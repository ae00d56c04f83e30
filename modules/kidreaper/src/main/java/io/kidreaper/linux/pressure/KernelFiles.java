package io.kidreaper.linux.pressure;

import io.kidreaper.linux.ProcRead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * The kernel's files by their absolute names, or files laid out like them below another root.
 *
 * @param root {@code /} outside tests
 */
record KernelFiles(Path root) {

  /** A whole file as text. */
  ProcRead<String> text(String name) {
    try {
      return new ProcRead.Found<>(Files.readString(path(name), StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return new ProcRead.Gone<>();
    } catch (IOException e) {
      return new ProcRead.Failed<>(name + ": " + e.getMessage());
    }
  }

  boolean isFolder(String name) {
    return Files.isDirectory(path(name));
  }

  Path path(String name) {
    return root.resolve(name.substring(1));
  }
}
