package io.kidreaper.testbed.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A web server that answers every request with the same bytes, right or wrong, and then closes the
 * connection, or keeps it open in silence.
 */
final class ScriptedServer implements AutoCloseable {
  private final ServerSocket listener;
  private final byte[] answer;
  private final boolean closes;
  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);

  private ScriptedServer(String answer, boolean closes) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    this.answer = answer.getBytes(StandardCharsets.ISO_8859_1);
    this.closes = closes;
    Thread.ofVirtual().start(this::serve);
  }

  /** Answers, then closes. */
  static ScriptedServer answering(String bytes) throws IOException {
    return new ScriptedServer(bytes, true);
  }

  /** Answers, and then says nothing more. */
  static ScriptedServer fallingSilentAfter(String bytes) throws IOException {
    return new ScriptedServer(bytes, false);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /** How many requests have come. */
  int requests() {
    return requests.get();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        Thread.ofVirtual().start(() -> answer(connection));
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void answer(Socket connection) {
    try (connection) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
      String line = in.readLine();
      if (line == null) {
        return;
      }
      requests.incrementAndGet();
      while (line != null && !line.isEmpty()) {
        line = in.readLine();
      }
      connection.getOutputStream().write(answer);
      if (!closes) {
        end.await();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    end.countDown();
    listener.close();
  }
}
