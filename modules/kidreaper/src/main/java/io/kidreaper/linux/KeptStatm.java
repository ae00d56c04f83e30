package io.kidreaper.linux;

/**
 * An open {@code /proc/PID/statm}. It stays bound to the very process it was opened for: after its
 * end every read fails, also when another process has its pid by then. Kept open, it halves the
 * cost of a tick and says for good whether the process is still there.
 */
final class KeptStatm implements AutoCloseable {
  private static final int LARGEST_LINE_BYTES = 192;

  private final Libc libc;
  private final int fd;
  private final byte[] buffer;

  /** Room for one line, which all kept files of one reader may share. */
  static byte[] newBuffer() {
    return new byte[LARGEST_LINE_BYTES];
  }

  /**
   * @param buffer from {@link #newBuffer()}
   */
  KeptStatm(Libc libc, int fd, byte[] buffer) {
    this.libc = libc;
    this.fd = fd;
    this.buffer = buffer;
  }

  /** The file's numbers now. */
  ProcRead<StatmFile> read() {
    long length = libc.pread(fd, buffer, 0, buffer.length, 0);
    if (length < 0) {
      return length == -Errno.ESRCH
          ? new ProcRead.Gone<>()
          : new ProcRead.Failed<>("read of an open statm: " + Errno.describe((int) -length));
    }
    try {
      StatmFile statm = StatmFile.parse(buffer, (int) length);
      // A process that has ended and was not waited for yet has a statm of zeros.
      return statm.sizePages() == 0 ? new ProcRead.Gone<>() : new ProcRead.Found<>(statm);
    } catch (MalformedProcFileException e) {
      return new ProcRead.Failed<>("statm: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    libc.close(fd);
  }
}
