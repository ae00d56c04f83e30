package io.kidreaper.linux;

/**
 * The calls of the C library and the kernel that kidreaper makes outside tracing, one method each.
 *
 * <p>Every method returns what the call returns, or the negated errno ({@code -ESRCH}) where the
 * call failed; none throws for a failed call. A fake can stand in for it in tests.
 */
public interface Libc {
  /**
   * A descriptor for reading: {@code open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)}, so
   * that a path which turns out to be a FIFO or a terminal does no harm. {@code open(2)}.
   */
  int openForReading(String path);

  /**
   * Reads at an offset without moving the file position: bytes read, 0 at the end, and fewer than
   * there are whenever the kernel likes. {@code pread(2)}.
   *
   * @param at where in the array the first byte goes
   * @param count the most bytes to read; the array has room for them
   */
  long pread(int fd, byte[] into, int at, int count, long offset);

  /**
   * Closes a descriptor. Never call it twice for one: the number may be another file's by then.
   * {@code close(2)}.
   */
  int close(int fd);

  /**
   * A descriptor bound to the process that has this pid at the moment of the call; its successors
   * of the same pid are never reached through it. {@code pidfd_open(2)}, Linux 5.3.
   */
  int pidfdOpen(int pid);

  /**
   * Sends a signal to the process behind a pidfd; {@code -ESRCH} once it is gone. {@code
   * pidfd_send_signal(2)}, Linux 5.1.
   */
  int pidfdSendSignal(int pidfd, int signal);

  /**
   * A copy of another process's descriptor. It takes the right to trace that process. {@code
   * pidfd_getfd(2)}, Linux 5.6.
   */
  int pidfdGetfd(int pidfd, int targetFd);

  /**
   * Waits until one descriptor is readable. A pidfd is readable once its process has ended.
   *
   * @param timeoutMillis 0 looks without waiting; must not be negative
   * @return 1 readable, 0 not within the time, or the negated errno ({@code -EINTR} included)
   * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
   */
  int pollReadable(int fd, int timeoutMillis);

  /** Whether a descriptor is a terminal. {@code isatty(3)}. */
  boolean isTerminal(int fd);

  /** The user whose rights this process has: 0 is root. {@code geteuid(2)}, which cannot fail. */
  int effectiveUserId();
}
