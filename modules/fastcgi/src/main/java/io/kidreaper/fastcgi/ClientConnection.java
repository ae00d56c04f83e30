package io.kidreaper.fastcgi;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One connection to an application: records out, events in, with deadlines. */
final class ClientConnection implements Watch.Watched {
  /** The id of every request: there is one at a time. */
  static final int REQUEST_ID = 1;

  private static final int BUFFER_BYTES = 16 * 1_024;

  private final ByteChannel channel;
  private final Watch watch;
  private final ReentrantLock writing = new ReentrantLock();
  private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
  private volatile long readDeadlineNanos = Watch.NEVER;
  private volatile long writeDeadlineNanos = Watch.NEVER;
  private volatile long callDeadlineNanos = Watch.NEVER;

  /** Why this side closed the connection, or null if it did not. */
  private volatile @Nullable IOException shutReason;

  final ClientProtocol protocol = new ClientProtocol();

  private ClientConnection(ByteChannel channel, Watch watch) {
    this.channel = channel;
    this.watch = watch;
  }

  static ClientConnection open(Target target, long connectMillis, Watch watch) throws IOException {
    return switch (target) {
      case Target.At(SocketAddress address) -> open(address, connectMillis, watch);
      case Target.Dialed(Dialer dialer) -> {
        ClientConnection connection = new ClientConnection(dialer.dial(connectMillis), watch);
        watch.add(connection);
        yield connection;
      }
    };
  }

  private static ClientConnection open(SocketAddress address, long connectMillis, Watch watch)
      throws IOException {
    if (!(address instanceof UnixDomainSocketAddress) || !Thread.currentThread().isVirtual()) {
      return connect(address, connectMillis, watch);
    }
    try {
      return connect(address, connectMillis, watch);
    } catch (ConnectException perhapsFull) {
      // On a virtual thread, connecting to a unix socket whose backlog is full fails at once; on a
      // platform thread it waits, as it should.
      return onPlatformThread(() -> connect(address, connectMillis, watch));
    }
  }

  private static ClientConnection connect(SocketAddress address, long connectMillis, Watch watch)
      throws IOException {
    boolean unix = address instanceof UnixDomainSocketAddress;
    SocketChannel channel =
        unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    ClientConnection connection = new ClientConnection(channel, watch);
    connection.limitCall(connectMillis);
    watch.add(connection);
    boolean connected = false;
    try {
      channel.connect(address);
      if (!unix) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      connection.limitCall(0);
      connected = true;
      return connection;
    } catch (IOException failed) {
      if (connection.shutReason != null) {
        throw new SocketTimeoutException(
            "no connection to " + address + " within " + connectMillis + " ms");
      }
      ConnectException refused = new ConnectException("cannot connect to " + address);
      refused.initCause(failed);
      throw refused;
    } finally {
      if (!connected) {
        connection.close();
      }
    }
  }

  private static ClientConnection onPlatformThread(Callable<ClientConnection> opening)
      throws IOException {
    FutureTask<ClientConnection> task = new FutureTask<>(opening);
    Thread.ofPlatform().daemon().name("fastcgi-connect").start(task);
    try {
      return task.get();
    } catch (InterruptedException interrupted) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while connecting");
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException known) {
        throw known;
      }
      throw new IOException(failed.getCause());
    }
  }

  /** Whether a connection that was kept is still good: open, and without bytes nobody asked for. */
  boolean isIdle() {
    try {
      // Of a dialed connection nothing can be asked without waiting.
      if (!(channel instanceof SocketChannel socket) || !socket.isOpen() || in.hasRemaining()) {
        return false;
      }
      socket.configureBlocking(false);
      int count = socket.read(in.clear());
      in.limit(0);
      socket.configureBlocking(true);
      return count == 0;
    } catch (IOException gone) {
      return false;
    }
  }

  /** When the whole call must be over; 0 = never. */
  void limitCall(long millis) {
    callDeadlineNanos = Watch.deadline(millis);
  }

  void send(ByteBuffer bytes, long writeMillis) throws IOException {
    writing.lock();
    try {
      while (bytes.hasRemaining()) {
        writeDeadlineNanos = Watch.deadline(writeMillis);
        channel.write(bytes);
      }
    } catch (IOException gone) {
      throw reason(gone);
    } finally {
      writeDeadlineNanos = Watch.NEVER;
      writing.unlock();
    }
  }

  /** Sends a stream to its end, as records of at most 8 KiB, and closes it. */
  void sendStream(RecordType type, InputStream source, long writeMillis) throws IOException {
    try (source) {
      byte[] piece = new byte[8_192 - 2 * RecordDecoder.HEADER_BYTES];
      ByteBuffer record = ByteBuffer.allocate(8_192);
      for (int length = source.read(piece); length >= 0; length = source.read(piece)) {
        if (length > 0) {
          RecordEncoder.record(record.clear(), type, REQUEST_ID, piece, 0, length);
          send(record.flip(), writeMillis);
        }
      }
      RecordEncoder.empty(record.clear(), type, REQUEST_ID);
      send(record.flip(), writeMillis);
    }
  }

  /** Sends ABORT_REQUEST if that can be done at once; a full connection is closed without it. */
  void tryAbort() {
    if (!writing.tryLock()) {
      return;
    }
    try {
      ByteBuffer abort = ByteBuffer.allocate(RecordDecoder.HEADER_BYTES);
      RecordEncoder.empty(abort, RecordType.ABORT_REQUEST, REQUEST_ID);
      send(abort.flip(), Watch.PERIOD_MILLIS);
    } catch (IOException gone) {
      // It is closed next, which says the same.
    } finally {
      writing.unlock();
    }
  }

  /**
   * Waits for the next event.
   *
   * @return null if the application closed the connection between two records
   */
  @Nullable ClientEvent next(long readMillis) throws IOException {
    while (true) {
      ClientEvent event = protocol.next(in);
      if (event != null) {
        return event;
      }
      if (fill(readMillis) < 0) {
        if (!protocol.isBetweenRecords()) {
          throw new FastCgiProtocolException("the connection ended within a record");
        }
        return null;
      }
    }
  }

  private int fill(long readMillis) throws IOException {
    readDeadlineNanos = Watch.deadline(readMillis);
    try {
      in.clear();
      int count = channel.read(in);
      in.flip();
      return count;
    } catch (IOException gone) {
      in.limit(0).position(0);
      throw reason(gone);
    } finally {
      readDeadlineNanos = Watch.NEVER;
    }
  }

  int take(byte[] target, int offset, int length) {
    return protocol.take(in, target, offset, length);
  }

  private IOException reason(IOException gone) {
    IOException reason = shutReason;
    return reason == null ? gone : reason;
  }

  /** Closes the connection for a reason that all who wait on it hear. */
  void shut(IOException reason) {
    shutReason = reason;
    close();
  }

  void close() {
    watch.remove(this);
    try {
      channel.close();
    } catch (IOException gone) {
      // Closed is what it was meant to be.
    }
  }

  @Override
  public void look(long nowNanos) {
    if (Watch.passed(callDeadlineNanos, nowNanos)) {
      shut(new SocketTimeoutException("the call took longer than it may"));
    } else if (Watch.passed(readDeadlineNanos, nowNanos)) {
      shut(new SocketTimeoutException("the application was too slow to answer"));
    } else if (Watch.passed(writeDeadlineNanos, nowNanos)) {
      shut(new SocketTimeoutException("the application was too slow to take the request"));
    }
  }
}
