package io.kidreaper.fastcgi;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One stream of one request, between the thread that reads the connection and the one that handles
 * the request. It holds at most its capacity; a connection whose handler does not read waits.
 */
final class InputPipe extends InputStream {
  private static final int FIRST_BYTES = 4_096;

  private final int capacityBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** A ring, made when the first byte comes: most requests have no body. */
  private byte[] ring = new byte[0];

  private int start;
  private int length;
  private boolean ended;
  private boolean discarded;
  private @Nullable String failure;

  InputPipe(int capacityBytes) {
    this.capacityBytes = capacityBytes;
  }

  /** Moves what has room from the connection's buffer to here; false if there is no room at all. */
  boolean fill(ResponderProtocol protocol, ByteBuffer in) {
    lock.lock();
    try {
      if (discarded) {
        protocol.skip(in);
        return true;
      }
      if (length == ring.length && !grow()) {
        return false;
      }
      int at = start + length;
      if (at >= ring.length) {
        length += protocol.take(in, ring, at - ring.length, ring.length - length);
      } else {
        length += protocol.take(in, ring, at, ring.length - at);
      }
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Makes the ring twice as large, if it may be: a small body is not worth the whole capacity. */
  private boolean grow() {
    if (ring.length == capacityBytes) {
      return false;
    }
    byte[] larger = new byte[Math.min(capacityBytes, Math.max(FIRST_BYTES, ring.length * 2))];
    int untilEnd = Math.min(length, ring.length - start);
    System.arraycopy(ring, start, larger, 0, untilEnd);
    System.arraycopy(ring, 0, larger, untilEnd, length - untilEnd);
    ring = larger;
    start = 0;
    return true;
  }

  /** Waits until {@link #fill} would do something. */
  void awaitRoom() throws InterruptedException {
    lock.lock();
    try {
      while (!discarded && length == capacityBytes) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Says that nothing more comes since the stream is complete. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Says that nothing more comes though the stream is not complete. What is there is dropped. */
  void fail(String why) {
    lock.lock();
    try {
      if (!ended || length > 0) {
        failure = why;
      }
      discard();
    } finally {
      lock.unlock();
    }
  }

  private void discard() {
    discarded = true;
    ring = new byte[0];
    length = 0;
    start = 0;
    changed.signalAll();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int wanted) throws IOException {
    Objects.checkFromIndexSize(offset, wanted, target.length);
    if (wanted == 0) {
      return 0;
    }
    lock.lock();
    try {
      while (length == 0 && !ended && !discarded) {
        changed.await();
      }
      if (failure != null) {
        throw new RequestAbortedException(failure);
      }
      if (discarded && !ended) {
        throw new IOException("the stream is closed");
      }
      if (length == 0) {
        return -1;
      }
      int taken = Math.min(Math.min(wanted, length), ring.length - start);
      System.arraycopy(ring, start, target, offset, taken);
      start = (start + taken) % ring.length;
      length -= taken;
      changed.signalAll();
      return taken;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      if (failure != null) {
        throw new RequestAbortedException(failure);
      }
      throw new InterruptedIOException("interrupted while waiting for the web server");
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int available() {
    lock.lock();
    try {
      return length;
    } finally {
      lock.unlock();
    }
  }

  /** Drops what is there and what will come. */
  @Override
  public void close() {
    lock.lock();
    try {
      discard();
    } finally {
      lock.unlock();
    }
  }
}
