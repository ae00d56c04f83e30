package io.kidreaper.fastcgi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls a FastCGI application, such as php-fpm, as a web server does.
 *
 * <pre>{@code
 * try (FastCgiClient client = FastCgiClient.builder(UnixDomainSocketAddress.of("/run/php.sock")).build();
 *     FastCgiReply reply =
 *         client.send(FastCgiCall.of(Map.of(
 *             "REQUEST_METHOD", "GET", "SCRIPT_FILENAME", "/srv/app/index.php")))) {
 *   CgiResponse response = CgiResponse.read(reply.stdout());
 *   response.body().transferTo(out);
 * }
 * }</pre>
 *
 * <p>Connections are kept for further calls if so asked, one request at a time on each: hardly any
 * application multiplexes. Safe for use by many threads.
 */
public final class FastCgiClient implements AutoCloseable {
  /** A body up to this size is sent before the answer is read, by the calling thread. */
  private static final int DIRECT_BYTES = 16 * 1_024;

  private final FastCgiClientBuilder settings;
  private final Watch watch = new Watch("fastcgi-client-deadlines");
  private final Semaphore slots;

  /** Kept connections, the last used first. Guarded by itself. */
  private final Deque<ClientConnection> idle = new ArrayDeque<>();

  private volatile boolean closed;
  private final FastCgiReply.Home home = new Home();

  FastCgiClient(FastCgiClientBuilder settings) {
    this.settings = settings;
    this.slots = new Semaphore(settings.maxConnections);
  }

  /** A client in the making, for the application that listens on this TCP or unix address. */
  public static FastCgiClientBuilder builder(SocketAddress address) {
    return new FastCgiClientBuilder(new Target.At(address));
  }

  /** A client in the making, whose connections somebody else makes. */
  public static FastCgiClientBuilder builder(Dialer dialer) {
    return new FastCgiClientBuilder(new Target.Dialed(dialer));
  }

  /**
   * Sends a request and waits for the first sign of an answer. The body goes out at the same time
   * as the answer comes in, so neither end can make the other wait for ever.
   *
   * @throws java.net.ConnectException if the application does not listen
   * @throws SocketTimeoutException if a connection, or the first sign of an answer, takes too long
   * @throws FastCgiProtocolException if the application closes the connection instead of answering
   */
  public FastCgiReply send(FastCgiCall call) throws IOException {
    return send(call, new Cancellation());
  }

  /**
   * Sends a request that another thread may give up, also while this one waits for the first sign
   * of an answer.
   *
   * @throws RequestAbortedException if it was cancelled
   * @see #send(FastCgiCall)
   */
  public FastCgiReply send(FastCgiCall call, Cancellation cancellation) throws IOException {
    acquire();
    boolean sent = false;
    try {
      ClientConnection kept = takeIdle();
      if (kept != null) {
        FastCgiReply reply = attempt(kept, call, call.repeatable(), cancellation);
        if (reply != null) {
          sent = true;
          return reply;
        }
      }
      ClientConnection fresh =
          ClientConnection.open(settings.target, settings.connectMillis, watch);
      FastCgiReply reply = attempt(fresh, call, false, cancellation);
      if (reply == null) {
        throw new IllegalStateException("an attempt that is the last one answers or throws");
      }
      sent = true;
      return reply;
    } finally {
      if (!sent) {
        slots.release();
      }
    }
  }

  /** Sends on one connection; null if it was closed and another one may be tried. */
  private @Nullable FastCgiReply attempt(
      ClientConnection connection, FastCgiCall call, boolean repeatable, Cancellation cancellation)
      throws IOException {
    boolean mayTryAnother = repeatable;
    boolean answered = false;
    Thread sender = null;
    try {
      cancellation.use(connection);
      connection.limitCall(settings.callMillis);
      connection.protocol.begin(ClientConnection.REQUEST_ID);
      InputStream rest = sendHead(connection, call);
      if (rest != null) {
        // What was read from its source cannot be sent again.
        mayTryAnother = false;
        sender =
            Thread.ofVirtual().name("fastcgi-body").start(() -> sendBody(connection, call, rest));
      }
      FastCgiReply reply =
          new FastCgiReply(connection, home, settings.readMillis, sender, cancellation);
      answered = reply.awaitFirst();
      if (answered) {
        return reply;
      }
    } catch (SocketTimeoutException | FastCgiProtocolException | RequestAbortedException failed) {
      throw failed;
    } catch (IOException gone) {
      if (!mayTryAnother) {
        throw gone;
      }
    } finally {
      if (!answered) {
        connection.close();
        if (sender != null) {
          sender.interrupt();
        }
      }
    }
    if (mayTryAnother) {
      return null;
    }
    throw new FastCgiProtocolException("the application closed the connection without an answer");
  }

  /**
   * Sends BEGIN_REQUEST, PARAMS and a small body in one piece.
   *
   * @return the body if it is larger than that, with nothing of it read; else null
   */
  private @Nullable InputStream sendHead(ClientConnection connection, FastCgiCall call)
      throws IOException {
    byte[] params = call.params().encoded();
    int recordCount = params.length / RecordEncoder.MAX_ALIGNED_CONTENT_BYTES + 1;
    ByteBuffer out = ByteBuffer.allocate(params.length + 16 * recordCount + DIRECT_BYTES + 100);
    RecordEncoder.beginRequest(
        out, ClientConnection.REQUEST_ID, call.role().code(), settings.maxIdle > 0);
    int sent = 0;
    while (sent < params.length) {
      int piece = Math.min(params.length - sent, RecordEncoder.MAX_ALIGNED_CONTENT_BYTES);
      RecordEncoder.record(
          out, RecordType.PARAMS, ClientConnection.REQUEST_ID, params, sent, piece);
      sent += piece;
    }
    RecordEncoder.empty(out, RecordType.PARAMS, ClientConnection.REQUEST_ID);
    InputStream rest = call.stdin();
    // Only a body that is all there can be sent without waiting for its source.
    if (call.data() == null
        && rest instanceof ByteArrayInputStream small
        && small.available() <= DIRECT_BYTES) {
      small.mark(0);
      byte[] body = small.readAllBytes();
      small.reset();
      if (body.length > 0) {
        RecordEncoder.record(
            out, RecordType.STDIN, ClientConnection.REQUEST_ID, body, 0, body.length);
      }
      RecordEncoder.empty(out, RecordType.STDIN, ClientConnection.REQUEST_ID);
      rest = null;
    }
    connection.send(out.flip(), settings.writeMillis);
    return rest;
  }

  private void sendBody(ClientConnection connection, FastCgiCall call, InputStream stdin) {
    try {
      connection.sendStream(RecordType.STDIN, stdin, settings.writeMillis);
      if (call.data() != null) {
        connection.sendStream(RecordType.DATA, call.data(), settings.writeMillis);
      }
    } catch (IOException failed) {
      // Either the connection is closed, or the body's source failed: then the call cannot succeed.
      connection.shut(failed);
    }
  }

  private void acquire() throws IOException {
    if (closed) {
      throw new IOException("the client is closed");
    }
    try {
      long millis = settings.connectMillis == 0 ? Long.MAX_VALUE : settings.connectMillis;
      if (!slots.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
        throw new SocketTimeoutException(
            "all " + settings.maxConnections + " connections were busy for " + millis + " ms");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a connection");
    }
  }

  private @Nullable ClientConnection takeIdle() {
    while (true) {
      ClientConnection connection;
      synchronized (idle) {
        connection = idle.pollFirst();
      }
      if (connection == null || connection.isIdle()) {
        return connection;
      }
      connection.close();
    }
  }

  /** The number of connections that are kept for further calls now. */
  public int idleConnections() {
    synchronized (idle) {
      return idle.size();
    }
  }

  /** Closes the kept connections. Calls that are under way go on. */
  @Override
  public void close() {
    closed = true;
    for (ClientConnection kept = takeIdle(); kept != null; kept = takeIdle()) {
      kept.close();
    }
    watch.close();
  }

  private final class Home implements FastCgiReply.Home {
    @Override
    public void giveBack(ClientConnection connection) {
      connection.limitCall(0);
      boolean keep;
      synchronized (idle) {
        keep = !closed && idle.size() < settings.maxIdle;
        if (keep) {
          idle.addFirst(connection);
        }
      }
      if (!keep) {
        connection.close();
      }
      slots.release();
    }

    @Override
    public void closed(ClientConnection connection) {
      slots.release();
    }
  }
}
