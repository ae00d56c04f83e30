package io.kidreaper.linux.trace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the tracer reads of tasks under {@code /proc}. An empty answer means that it could not be
 * read: mostly the task is gone, sometimes the right is missing.
 *
 * @param root {@code /proc}, or a test's own
 */
record Proc(Path root) {
  static final Proc REAL = new Proc(Path.of("/proc"));

  /** The process as a whole. */
  Optional<TaskStat> stat(int pid) {
    return text(process(pid).resolve("stat")).flatMap(TaskStat::parse);
  }

  /** One thread. */
  Optional<TaskStat> stat(int pid, int tid) {
    return text(task(pid, tid).resolve("stat")).flatMap(TaskStat::parse);
  }

  Optional<TaskStatus> status(int pid) {
    return text(process(pid).resolve("status")).map(TaskStatus::new);
  }

  Optional<TaskStatus> status(int pid, int tid) {
    return text(task(pid, tid).resolve("status")).map(TaskStatus::new);
  }

  CallLine call(int pid, int tid) {
    return text(task(pid, tid).resolve("syscall"))
        .map(CallLine::parse)
        .orElseGet(CallLine.Unreadable::new);
  }

  /** The kernel's function that a thread sleeps in; empty where it runs or that is not told. */
  Optional<String> sleepsIn(int pid, int tid) {
    return text(task(pid, tid).resolve("wchan"))
        .filter(name -> !name.isEmpty() && !name.equals("0"));
  }

  /** What the kernel says of an open file. */
  Optional<String> descriptorInfo(int pid, int fd) {
    return text(process(pid).resolve("fdinfo").resolve(Integer.toString(fd)));
  }

  /** The threads of a process; empty where it is gone. */
  List<Integer> threads(int pid) {
    List<Integer> threads = new ArrayList<>();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(process(pid).resolve("task"))) {
      for (Path task : tasks) {
        threads.add(Integer.valueOf(task.getFileName().toString()));
      }
      return threads;
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
  }

  /** Whether a process has started others that are still its children; false where unreadable. */
  boolean hasChildren(int pid) {
    return threads(pid).stream()
        .map(tid -> text(task(pid, tid).resolve("children")))
        .flatMap(Optional::stream)
        .anyMatch(children -> !children.isBlank());
  }

  /** A short file as text, one char a byte: names in it need not be valid in any charset. */
  Optional<String> text(Path file) {
    try {
      return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Path process(int pid) {
    return root.resolve(Integer.toString(pid));
  }

  private Path task(int pid, int tid) {
    return process(pid).resolve("task").resolve(Integer.toString(tid));
  }
}
