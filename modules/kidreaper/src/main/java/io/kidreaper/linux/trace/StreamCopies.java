package io.kidreaper.linux.trace;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The descriptors of a template that lead to one of the pipes it was given. A program that has
 * turned its output elsewhere has none, and is left alone; one that has copies of it has several.
 *
 * @param copies lowest first
 * @param nonBlocking whether writing to them fails instead of waiting
 */
record StreamCopies(List<Copy> copies, boolean nonBlocking) {
  static final StreamCopies NONE = new StreamCopies(List.of(), false);

  private static final int O_NONBLOCK = 04000;
  private static final int O_CLOEXEC = 02000000;

  /** One descriptor of the template. */
  record Copy(int fd, boolean closeOnExec) {}

  StreamCopies {
    copies = List.copyOf(copies);
  }

  /**
   * @param link of the pipe, {@code pipe:[4711]}
   */
  static StreamCopies find(Proc proc, int pid, String link) {
    Path process = proc.root().resolve(Integer.toString(pid));
    List<Copy> copies = new ArrayList<>();
    boolean nonBlocking = false;
    try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path entry : open) {
        if (Files.readSymbolicLink(entry).toString().equals(link)) {
          int fd = Integer.parseInt(entry.getFileName().toString());
          int flags = flags(proc.text(process.resolve("fdinfo/" + fd)));
          copies.add(new Copy(fd, (flags & O_CLOEXEC) != 0));
          nonBlocking |= (flags & O_NONBLOCK) != 0;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return NONE;
    }
    copies.sort(java.util.Comparator.comparingInt(Copy::fd));
    return new StreamCopies(copies, nonBlocking);
  }

  // A line of fdinfo: "flags:  0100002", octal
  private static int flags(Optional<String> info) {
    return info.stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("flags:"))
        .map(line -> line.substring("flags:".length()).strip())
        .filter(text -> text.matches("[0-7]{1,10}"))
        .mapToInt(text -> Integer.parseInt(text, 8))
        .findFirst()
        .orElse(0);
  }
}
