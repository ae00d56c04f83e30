package io.kidreaper.linux.socket;

import io.kidreaper.linux.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;

/**
 * A connection to a name in the abstract space ({@code unix(7)}), which Java's own channels cannot
 * make. Reads and writes block, one thread each at most, and are for platform threads: they are
 * native calls. Another thread's {@link #close} ends them.
 */
public final class AbstractConnection implements ByteChannel {
  private static final int BUFFER_BYTES = 16 * 1_024;

  private final int fd;

  /**
   * How many threads are in a call on the descriptor, whose number must not be another's by then.
   */
  private int users;

  private boolean closed;

  private AbstractConnection(int fd) {
    this.fd = fd;
  }

  /**
   * Connects.
   *
   * @param connectMillis how long to wait for a place in the backlog, in milliseconds; 0 = for ever
   * @throws ConnectException if nobody listens
   * @throws SocketTimeoutException if the backlog stays full
   */
  public static AbstractConnection open(String name, long connectMillis) throws IOException {
    int fd = SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_STREAM);
    if (fd < 0) {
      throw new SocketException("no socket: " + Errno.describe(-fd));
    }
    int failed = StreamCalls.sendTimeout(fd, connectMillis);
    if (failed == 0) {
      failed = SocketCalls.connect(fd, SocketAddressBytes.unixAbstract(name));
    }
    if (failed == 0) {
      failed = StreamCalls.sendTimeout(fd, 0);
    }
    if (failed == 0) {
      return new AbstractConnection(fd);
    }
    SocketCalls.close(fd);
    if (failed == -Errno.EAGAIN) {
      throw new SocketTimeoutException(
          "no connection to unix:@" + name + " within " + connectMillis + " ms");
    }
    throw new ConnectException("cannot connect to unix:@" + name + ": " + Errno.describe(-failed));
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!target.hasRemaining()) {
      return 0;
    }
    enter();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment held = arena.allocate(Math.min(BUFFER_BYTES, target.remaining()));
      int count;
      do {
        count = StreamCalls.receive(fd, held, held.byteSize());
      } while (count == -Errno.EINTR);
      check("recv", count);
      target.put(held.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
      return count == 0 ? -1 : count;
    } finally {
      leave();
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int start = source.position();
    while (source.hasRemaining()) {
      enter();
      try (Arena arena = Arena.ofConfined()) {
        byte[] piece = new byte[Math.min(BUFFER_BYTES, source.remaining())];
        source.get(source.position(), piece);
        MemorySegment held = arena.allocateFrom(ValueLayout.JAVA_BYTE, piece);
        int count = StreamCalls.send(fd, held, piece.length);
        if (count != -Errno.EINTR) {
          check("send", count);
          source.position(source.position() + count);
        }
      } finally {
        leave();
      }
    }
    return source.position() - start;
  }

  private synchronized void check(String call, int result) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (result < 0) {
      throw new SocketException(call + ": " + Errno.describe(-result));
    }
  }

  private synchronized void enter() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    users++;
  }

  private synchronized void leave() {
    users--;
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (closed && users == 0) {
      SocketCalls.close(fd);
    }
  }

  @Override
  public synchronized boolean isOpen() {
    return !closed;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      StreamCalls.shutdown(fd);
      closeIfUnused();
    }
  }
}
