package io.kidreaper.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kidreaper.fastcgi.ProtocolStatus;
import io.kidreaper.fastcgi.RecordEncoder;
import io.kidreaper.fastcgi.RecordType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * An application that sends hand-made bytes, whatever it is asked, and breaks off where it is told.
 */
final class ScriptedWorker implements AutoCloseable {
  /** What happens on each connection. */
  interface Script {
    void play(Socket connection) throws IOException;
  }

  private final ServerSocket listener;

  /** A word for each connection whose end was seen by {@link #awaitEnd}. */
  final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

  ScriptedWorker(Script script) throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofPlatform().daemon().start(() -> serve(script));
  }

  private void serve(Script script) {
    try {
      while (true) {
        try (Socket connection = listener.accept()) {
          // The whole of a small request comes in one piece.
          int count = connection.getInputStream().read(new byte[64 * 1_024]);
          if (count > 0) {
            script.play(connection);
          }
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  Upstream upstream() {
    return new Upstream.At(listener.getLocalSocketAddress());
  }

  /** Waits until the gateway ends the connection, and notes it. */
  void awaitEnd(Socket connection) {
    try {
      while (connection.getInputStream().read() >= 0) {
        // ABORT_REQUEST comes first.
      }
    } catch (IOException reset) {
      // That is an end, too.
    }
    ends.add("ended");
  }

  static void send(Socket connection, RecordType stream, String text) {
    ByteBuffer out = ByteBuffer.allocate(text.length() + 32);
    byte[] content = text.getBytes(ISO_8859_1);
    RecordEncoder.record(out, stream, 1, content, 0, content.length);
    write(connection, out);
  }

  static void end(Socket connection, ProtocolStatus status) {
    ByteBuffer out = ByteBuffer.allocate(16);
    RecordEncoder.endRequest(out, 1, 0, status);
    write(connection, out);
  }

  private static void write(Socket connection, ByteBuffer out) {
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    try {
      connection.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
