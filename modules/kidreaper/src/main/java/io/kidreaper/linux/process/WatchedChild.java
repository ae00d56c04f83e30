package io.kidreaper.linux.process;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.process.OutputLine.Stream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One worker's streams and its pidfd, as {@link ChildWatch}'s thread keeps them. */
final class WatchedChild {
  private static final int MAX_LINE_BYTES = 8192;
  private static final int LAST_LINES = 20;

  /** One pipe from the worker. */
  final class Pipe {
    final int fd;
    private final LineSplitter splitter;

    private Pipe(int fd, Stream stream) {
      this.fd = fd;
      this.splitter =
          new LineSplitter(
              MAX_LINE_BYTES,
              (text, continues) -> {
                if (stream == Stream.ERR) {
                  lastErrors.add(text);
                }
                lines.accept(new OutputLine(pid, stream, text, continues));
              });
    }

    WatchedChild child() {
      return WatchedChild.this;
    }

    /**
     * Reads once what is there.
     *
     * @return whether there can be more: false at the end of the stream
     */
    boolean read(MemorySegment buffer) {
      long bytes = ProcessCalls.read(fd, buffer);
      if (bytes > 0) {
        splitter.feed(buffer.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE), (int) bytes);
        return true;
      }
      splitter.flush();
      return false;
    }

    void flush() {
      splitter.flush();
    }
  }

  final int pid;
  final int pidfd;
  final boolean ours;
  final List<Pipe> pipes = new ArrayList<>();
  private final LastLines lastErrors = new LastLines(LAST_LINES);
  private final Consumer<OutputLine> lines;
  private boolean closed;

  /**
   * @param ours whether it is our child, whose status is for us to collect
   * @param outputFd or negative for none; the same of {@code errorFd}
   */
  WatchedChild(
      int pid, int pidfd, boolean ours, int outputFd, int errorFd, Consumer<OutputLine> lines) {
    this.pid = pid;
    this.pidfd = pidfd;
    this.ours = ours;
    this.lines = lines;
    if (outputFd >= 0) {
      pipes.add(new Pipe(outputFd, Stream.OUT));
    }
    if (errorFd >= 0) {
      pipes.add(new Pipe(errorFd, Stream.ERR));
    }
  }

  /** Not after the descriptor was closed, when its number may be another file's. */
  synchronized int signal(Libc libc, int signal) {
    return closed ? -Errno.ESRCH : libc.pidfdSendSignal(pidfd, signal);
  }

  synchronized void closePidfd() {
    closed = true;
    ProcessCalls.close(pidfd);
  }

  Ended ended(ExitStatus status) {
    return new Ended(pid, status, lastErrors.list());
  }
}
