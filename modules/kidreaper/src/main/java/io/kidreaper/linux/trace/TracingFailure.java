package io.kidreaper.linux.trace;

import io.kidreaper.linux.Errno;

/** A call of the tracer failed in a way that no process can bring about: a fault of kidreaper. */
public final class TracingFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  TracingFailure(String call, int errno, String about) {
    super(call + " failed for " + about + ": " + Errno.describe(errno));
    this.call = call;
    this.errno = errno;
  }

  /** The call that failed. */
  public String call() {
    return call;
  }

  /** Why, as in {@code errno(3)}. */
  public int errno() {
    return errno;
  }
}
