package io.kidreaper.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An open {@code /proc/PID/statm}. It stays bound to the very process it was opened for: after its
 * end every read fails, also when another process has its pid by then. Kept open, it halves the
 * cost of a tick and says for good whether the process is still there.
 */
final class KeptStatm implements AutoCloseable {
  private static final int LARGEST_LINE_BYTES = 192;

  private final Libc libc;
  private final int fd;
  private final Buffer buffer;

  /** What all kept files of one reader read into, one after another. */
  static final class Buffer {
    private final MemorySegment segment = Arena.ofAuto().allocate(LARGEST_LINE_BYTES);
    private final byte[] bytes = new byte[LARGEST_LINE_BYTES];
  }

  KeptStatm(Libc libc, int fd, Buffer buffer) {
    this.libc = libc;
    this.fd = fd;
    this.buffer = buffer;
  }

  /** The file's numbers now. */
  ProcRead<StatmFile> read() {
    long length = libc.pread(fd, buffer.segment, LARGEST_LINE_BYTES, 0);
    if (length < 0) {
      return length == -Errno.ESRCH
          ? new ProcRead.Gone<>()
          : new ProcRead.Failed<>("read of an open statm: " + Errno.describe((int) -length));
    }
    MemorySegment.copy(buffer.segment, JAVA_BYTE, 0, buffer.bytes, 0, (int) length);
    try {
      StatmFile statm = StatmFile.parse(buffer.bytes, (int) length);
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
