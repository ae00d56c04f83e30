package io.kidreaper.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A manager's pidfile, read with suspicion: what it says decides whose children get a signal.
 *
 * <p>Run by root, kidreaper believes it only if nobody but root and the named process's owner could
 * have written it. Everybody else may name only processes that they could signal anyway.
 */
public final class Pidfile {
  private static final int LARGEST_BYTES = 64;

  private final Libc libc;
  private final ProcFs proc;
  private final Path path;

  public Pidfile(Libc libc, ProcFs proc, Path path) {
    this.libc = libc;
    this.proc = proc;
    this.path = path;
  }

  /** What came of reading a pidfile. */
  public sealed interface Result {
    /** It names a living process, and may be believed. */
    record Names(int pid) implements Result {}

    /** It is not to be used. */
    record Refused(String reason) implements Result {}
  }

  /** Reads it and checks what it says. */
  public Result read() {
    int fd = libc.openForReading(path.toString());
    if (fd < 0) {
      return refused("cannot be opened: " + Errno.describe(-fd));
    }
    try {
      return read(fd);
    } catch (IOException e) {
      return refused("cannot be checked: " + e);
    } finally {
      libc.close(fd);
    }
  }

  /** The pid in it now, unchecked; empty where there is none. Enough to see that it changed. */
  public OptionalInt pidNow() {
    int fd = libc.openForReading(path.toString());
    if (fd < 0) {
      return OptionalInt.empty();
    }
    try {
      return proc.parseShort(fd, path.toString(), Pidfile::pid)
              instanceof ProcRead.Found<OptionalInt>(OptionalInt pid)
          ? pid
          : OptionalInt.empty();
    } finally {
      libc.close(fd);
    }
  }

  private Result read(int fd) throws IOException {
    // The link under /proc leads to the file that is open here, whatever the path leads to by now.
    Path opened = Path.of("/proc/self/fd/" + fd);
    if (!Files.isRegularFile(opened)) {
      return refused("is not a file");
    }
    if (Files.size(opened) > LARGEST_BYTES) {
      return refused("holds more than a process id");
    }
    byte[] text;
    switch (proc.bytes(fd, path.toString())) {
      case ProcRead.Found<byte[]>(byte[] bytes) -> text = bytes;
      case ProcRead.Gone<byte[]>() -> {
        return refused("has gone");
      }
      case ProcRead.Failed<byte[]>(String reason) -> {
        return refused(reason);
      }
    }
    if (text.length == 0) {
      return refused("is empty");
    }
    OptionalInt pid = pid(text);
    if (pid.isEmpty()) {
      return refused("holds something other than one process id");
    }
    return check(pid.getAsInt(), opened);
  }

  private Result check(int pid, Path opened) throws IOException {
    if (pid == ProcessHandle.current().pid()) {
      return refused("names kidreaper itself (process " + pid + ")");
    }
    if (!(proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat)) || stat.ended()) {
      return refused("names process " + pid + ", which is not running");
    }
    if (libc.effectiveUserId() == 0) {
      if (!(proc.status(pid) instanceof ProcRead.Found<StatusFile>(StatusFile status))) {
        return refused("names process " + pid + ", whose owner cannot be read");
      }
      Optional<String> doubt =
          new FileTrust(status.effectiveUserId(), "the process's owner").doubt(path, opened);
      if (doubt.isPresent()) {
        return refused(doubt.get());
      }
    }
    return new Result.Names(pid);
  }

  private Result.Refused refused(String reason) {
    return new Result.Refused("pidfile " + path + " " + reason);
  }

  // A loop over bytes: of many pools each pidfile is read at every tick.
  static OptionalInt pid(byte[] text) {
    int from = 0;
    int to = text.length;
    while (to > from && Character.isWhitespace(text[to - 1] & 0xff)) {
      to--;
    }
    while (from < to && Character.isWhitespace(text[from] & 0xff)) {
      from++;
    }
    long pid = 0;
    for (int i = from; i < to; i++) {
      int digit = text[i] - '0';
      if (digit < 0 || digit > 9 || (pid = pid * 10 + digit) > Integer.MAX_VALUE) {
        return OptionalInt.empty();
      }
    }
    return pid > 0 ? OptionalInt.of((int) pid) : OptionalInt.empty();
  }
}
