package io.kidreaper.linux;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * {@link Libc} for a command that reads a pool once and ends.
 *
 * <p>To make the first native call, the JVM writes and loads some thirty classes, which takes as
 * long as its own start. A sweep that finds nobody over the limit need not pay for that: this one
 * reads the files of /proc with the JDK's own file classes, and makes a native call only for what
 * these cannot do or do not tell. Not for several threads at once, nor for a command that stays:
 * {@link NativeLibc} is faster for each call after the first.
 */
public final class OneShotLibc implements Libc {
  /** Far above all numbers that the kernel gives, so that the two kinds cannot be mixed up. */
  private static final int FIRST_OWN_NUMBER = 1 << 30;

  private final Libc kernel = new NativeLibc();
  private final Map<Integer, OpenFile> files = new HashMap<>();
  private int nextNumber = FIRST_OWN_NUMBER;

  private static final class OpenFile {
    private final String path;
    private final RandomAccessFile file;
    private long position;

    OpenFile(String path) throws FileNotFoundException {
      this.path = path;
      this.file = new RandomAccessFile(path, "r");
    }

    int read(byte[] into, int at, int count, long offset) throws IOException {
      if (offset != position) {
        file.seek(offset);
        position = offset;
      }
      int read = Math.max(0, file.read(into, at, count));
      position += read;
      return read;
    }
  }

  @Override
  public int openForReading(String path) {
    // The JDK would wait for a writer if it were a FIFO; in /proc is none.
    if (!path.startsWith("/proc/")) {
      return kernel.openForReading(path);
    }
    try {
      files.put(nextNumber, new OpenFile(path));
      return nextNumber++;
    } catch (FileNotFoundException e) {
      // The JDK says "not found" for everything; the kernel tells the reason.
      return kernel.openForReading(path);
    }
  }

  @Override
  public long pread(int fd, byte[] into, int at, int count, long offset) {
    OpenFile file = files.get(fd);
    if (file == null) {
      return kernel.pread(fd, into, at, count, offset);
    }
    try {
      return file.read(into, at, count, offset);
    } catch (IOException e) {
      return whyUnreadable(file.path, into, at, count, offset);
    }
  }

  /** The errno of a read that failed in the JDK, which tells it in words only. */
  private long whyUnreadable(String path, byte[] into, int at, int count, long offset) {
    int fd = kernel.openForReading(path);
    if (fd < 0) {
      // It was there when it was opened: a descriptor of the kernel's would say so.
      return fd == -Errno.ENOENT ? -Errno.ESRCH : fd;
    }
    long again = kernel.pread(fd, into, at, count, offset);
    kernel.close(fd);
    // What can be read anew is another process's: the one that had the pid before is gone.
    return again < 0 ? again : -Errno.ESRCH;
  }

  @Override
  public int close(int fd) {
    OpenFile file = files.remove(fd);
    if (file == null) {
      return kernel.close(fd);
    }
    try {
      file.file.close();
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException("closing " + file.path, e);
    }
  }

  @Override
  public int pidfdOpen(int pid) {
    return kernel.pidfdOpen(pid);
  }

  @Override
  public int pidfdSendSignal(int pidfd, int signal) {
    return kernel.pidfdSendSignal(pidfd, signal);
  }

  @Override
  public int pidfdGetfd(int pidfd, int targetFd) {
    return kernel.pidfdGetfd(pidfd, targetFd);
  }

  @Override
  public int pollReadable(int fd, int timeoutMillis) {
    return kernel.pollReadable(fd, timeoutMillis);
  }

  @Override
  public boolean isTerminal(int fd) {
    return mayBeTerminal(fd) && kernel.isTerminal(fd);
  }

  /** Whether what is behind a descriptor of this process is a device at all. */
  private static boolean mayBeTerminal(int fd) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
      return target.startsWith("/dev/") && !target.equals("/dev/null");
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public int effectiveUserId() {
    return kernel.effectiveUserId();
  }
}
