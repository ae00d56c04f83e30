package io.kidreaper.linux;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * A file that one process at a time holds locked ({@code flock(2)}). The kernel takes the lock back
 * when its holder ends, however it ends. Unlike Java's own file locks it belongs to the one
 * descriptor here: that the process opens and closes the file elsewhere does not lose it.
 */
public final class LockedFile implements AutoCloseable {
  private static final int AT_FDCWD = -100;
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 02000000;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;

  /** What came of wanting the lock. */
  public sealed interface Taken {
    record Ours(LockedFile file) implements Taken {}

    /** Another holds it. */
    record Held() implements Taken {}

    /**
     * @param reason a clause
     */
    record Failed(String reason) implements Taken {}
  }

  private int fd;

  private LockedFile(int fd) {
    this.fd = fd;
  }

  /** Locks a file that exists if nobody else has; does not wait, and follows no link. */
  public static Taken take(Path path) {
    int fd;
    try (Arena arena = Arena.ofConfined()) {
      fd =
          (int)
              Syscall.OPENAT.call(
                  AT_FDCWD,
                  arena.allocateFrom(path.toString()).address(),
                  O_RDWR | O_CLOEXEC | nofollow(),
                  0,
                  0);
    }
    if (fd < 0) {
      return new Taken.Failed(
          fd == -Errno.ELOOP ? "it is a link, which is not followed" : Errno.describe(-fd));
    }
    int locked = (int) Syscall.FLOCK.call(fd, LOCK_EX | LOCK_NB, 0, 0, 0);
    if (locked == 0) {
      return new Taken.Ours(new LockedFile(fd));
    }
    Syscall.CLOSE.call(fd, 0, 0, 0, 0);
    return locked == -Errno.EAGAIN
        ? new Taken.Held()
        : new Taken.Failed("flock: " + Errno.describe(-locked));
  }

  /** Gives the lock up. */
  @Override
  public synchronized void close() {
    if (fd >= 0) {
      Syscall.CLOSE.call(fd, 0, 0, 0, 0);
      fd = -1;
    }
  }

  /** One of the few flags whose number differs between x86-64 and aarch64. */
  private static int nofollow() {
    return System.getProperty("os.arch", "").equals("aarch64") ? 0100000 : 0400000;
  }
}
