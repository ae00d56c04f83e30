package io.kidreaper.fastcgi;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Gives a call up from another thread, at whatever stage it is: before it has a connection, while
 * it waits for the first sign of an answer, or later. Of one call only.
 */
public final class Cancellation {
  private @Nullable ClientConnection connection;
  private boolean cancelled;

  /** A cancellation for a call that is to be sent. */
  public Cancellation() {}

  /**
   * Sends ABORT_REQUEST (5.4) if that takes no waiting, and closes the connection; whoever waits
   * for the answer gets {@link RequestAbortedException}. A second time does nothing.
   */
  public synchronized void cancel() {
    if (cancelled) {
      return;
    }
    cancelled = true;
    // With the lock held: a call that is over gives its connection to another.
    if (connection != null) {
      connection.tryAbort();
      connection.shut(aborted());
    }
  }

  /** Whether it was cancelled. */
  public synchronized boolean isCancelled() {
    return cancelled;
  }

  /** Says which connection the call uses from now on. */
  synchronized void use(ClientConnection newConnection) throws IOException {
    if (cancelled) {
      throw aborted();
    }
    connection = newConnection;
  }

  /**
   * Says that the call is over, and the connection may serve another.
   *
   * @throws RequestAbortedException if the call was cancelled before: what ended it was that
   */
  synchronized void over() throws IOException {
    connection = null;
    if (cancelled) {
      throw aborted();
    }
  }

  private static RequestAbortedException aborted() {
    return new RequestAbortedException("the call was cancelled");
  }
}
