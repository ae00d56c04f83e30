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

  /** Says that the call is over: the connection may by now serve another. */
  synchronized void over() {
    connection = null;
  }

  private static RequestAbortedException aborted() {
    return new RequestAbortedException("the call was cancelled");
  }
}
