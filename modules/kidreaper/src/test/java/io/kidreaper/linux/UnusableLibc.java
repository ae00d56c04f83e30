package io.kidreaper.linux;

/** A C library of which every call is a failed test, for fakes that answer only a few. */
class UnusableLibc implements Libc {
  @Override
  public int openForReading(String path) {
    throw new AssertionError("open of " + path);
  }

  @Override
  public long pread(int fd, byte[] into, int at, int count, long offset) {
    throw new AssertionError("read of descriptor " + fd);
  }

  @Override
  public int close(int fd) {
    throw new AssertionError("close of descriptor " + fd);
  }

  @Override
  public int pidfdOpen(int pid) {
    throw new AssertionError("pidfd of " + pid);
  }

  @Override
  public int pidfdGetfd(int pidfd, int targetFd) {
    throw new AssertionError("copy of descriptor " + targetFd);
  }

  @Override
  public int pidfdSendSignal(int pidfd, int signal) {
    throw new AssertionError("signal " + signal);
  }

  @Override
  public int pollReadable(int fd, int timeoutMillis) {
    throw new AssertionError("poll of descriptor " + fd);
  }

  @Override
  public boolean isTerminal(int fd) {
    throw new AssertionError("isatty of descriptor " + fd);
  }

  @Override
  public int effectiveUserId() {
    throw new AssertionError("geteuid");
  }
}
