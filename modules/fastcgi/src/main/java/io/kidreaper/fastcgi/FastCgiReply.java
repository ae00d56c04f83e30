package io.kidreaper.fastcgi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An application's answer, as it comes. Must be closed; one that was read to its end gives its
 * connection back for the next call. Read by one thread at a time; {@link #cancel} is for any.
 */
public final class FastCgiReply implements AutoCloseable {
  /** What is kept of STDERR, in bytes: the beginning, where errors usually name their reason. */
  public static final int MAX_STDERR_BYTES = 64 * 1_024;

  /** What becomes of the connection. */
  interface Home {
    /** Takes back a connection whose call is over. */
    void giveBack(ClientConnection connection);

    /** Hears that a connection was closed. */
    void closed(ClientConnection connection);
  }

  private final ClientConnection connection;
  private final Home home;
  private final long readMillis;
  private final @Nullable Thread sender;
  private final Cancellation cancellation;
  private final AtomicBoolean released = new AtomicBoolean();
  private final InputStream stdout = new Stdout();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private final byte[] stderrPiece = new byte[512];

  /** Content of STDOUT that was seen and not taken. */
  private boolean stdoutWaits;

  private ClientEvent.@Nullable Ended ended;

  FastCgiReply(
      ClientConnection connection,
      Home home,
      long readMillis,
      @Nullable Thread sender,
      Cancellation cancellation) {
    this.connection = connection;
    this.home = home;
    this.readMillis = readMillis;
    this.sender = sender;
    this.cancellation = cancellation;
  }

  /**
   * Waits for the first sign of an answer.
   *
   * @return false if the connection was closed without any
   */
  boolean awaitFirst() throws IOException {
    ClientEvent event;
    try {
      event = connection.next(readMillis);
    } catch (SocketException reset) {
      return false;
    }
    if (event == null) {
      return false;
    }
    handle(event);
    return true;
  }

  /**
   * What the application wrote to STDOUT, beginning with CGI headers; {@link CgiResponse#read}
   * takes those apart. Ends when the request has ended. Reading throws {@link
   * java.net.SocketTimeoutException} when the application is too slow, and {@link
   * FastCgiProtocolException} when it breaks the protocol or ends the connection too early.
   */
  public InputStream stdout() {
    return stdout;
  }

  /** The first {@link #MAX_STDERR_BYTES} of STDERR that have come by now, as UTF-8. */
  public String stderr() {
    return stderr.toString(StandardCharsets.UTF_8);
  }

  /** How many bytes {@link #stderr} is made of by now: whether it is worth asking again. */
  public int stderrBytes() {
    return stderr.size();
  }

  /** How the request ended, if it has by now. Reads nothing. */
  public Optional<ClientEvent.Ended> ended() {
    return Optional.ofNullable(ended);
  }

  /**
   * How the request ended. Reads and drops what is left of STDOUT.
   *
   * <p>A status other than {@link ProtocolStatus#REQUEST_COMPLETE} means that the application
   * refused the request.
   */
  public ClientEvent.Ended end() throws IOException {
    stdout.transferTo(java.io.OutputStream.nullOutputStream());
    return Objects.requireNonNull(ended, "STDOUT ends with the request");
  }

  /**
   * Gives the request up: sends ABORT_REQUEST (5.4) if that takes no waiting, and closes the
   * connection. A thread that waits in {@link #stdout} gets {@link RequestAbortedException}.
   */
  public void cancel() {
    if (released.compareAndSet(false, true)) {
      connection.tryAbort();
      connection.shut(new RequestAbortedException("the call was cancelled"));
      stopSender();
      home.closed(connection);
    }
  }

  /** Ends the call; one that is not over is cancelled. */
  @Override
  public void close() {
    cancel();
  }

  private void fail() {
    if (released.compareAndSet(false, true)) {
      connection.close();
      stopSender();
      home.closed(connection);
    }
  }

  private void stopSender() {
    if (sender != null) {
      sender.interrupt();
    }
  }

  private void handle(ClientEvent event) throws IOException {
    switch (event) {
      case ClientEvent.Content content when content.stream() == RecordType.STDERR -> takeStderr();
      case ClientEvent.Content content -> stdoutWaits = true;
      case ClientEvent.StreamEnd end -> {
        // Only END_REQUEST ends the call.
      }
      case ClientEvent.Ended end -> {
        // Before the connection is given back: what is cancelled later must not hit the next call.
        cancellation.over();
        ended = end;
        if (sender != null && sender.isAlive()) {
          // It answered without wanting the whole body, so the connection cannot be used again.
          fail();
        } else if (released.compareAndSet(false, true)) {
          home.giveBack(connection);
        }
      }
    }
  }

  private void takeStderr() {
    int length = connection.take(stderrPiece, 0, stderrPiece.length);
    stderr.write(stderrPiece, 0, Math.min(length, MAX_STDERR_BYTES - stderr.size()));
  }

  private final class Stdout extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      if (length == 0) {
        return 0;
      }
      try {
        while (ended == null) {
          if (stdoutWaits) {
            stdoutWaits = false;
            return connection.take(target, offset, length);
          }
          ClientEvent event = connection.next(readMillis);
          if (event == null) {
            throw new FastCgiProtocolException(
                "the application closed the connection before the end of its answer");
          }
          handle(event);
        }
        return -1;
      } catch (IOException failed) {
        fail();
        throw failed;
      }
    }
  }
}
