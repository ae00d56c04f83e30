package io.kidreaper.show;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One HTTP request on a connection of its own, and every byte of its answer checked. Not by a
 * client of the JDK: they ask again where a connection breaks, and what was lost must be seen.
 */
final class HttpCall {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int MOST_BYTES = 4 << 20;
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private HttpCall() {}

  /**
   * Asks, and says how the request was lost.
   *
   * @return empty if the answer came whole and right
   */
  static Optional<String> get(InetSocketAddress server, String path, Predicate<byte[]> right) {
    byte[] answer;
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(server, TIMEOUT_MILLIS);
      String request =
          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n"
              .formatted(path, server.getPort());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      answer = readAll(socket.getInputStream());
    } catch (IOException e) {
      return Optional.of(path + ": " + e.getMessage());
    }
    int head = headEnd(answer);
    if (head < 0) {
      return Optional.of(path + ": cut after " + answer.length + " bytes");
    }
    String status = new String(answer, 0, Math.min(head, 64), StandardCharsets.ISO_8859_1);
    if (!status.startsWith("HTTP/1.1 200")) {
      return Optional.of(path + ": " + status.lines().findFirst().orElse(""));
    }
    byte[] body = Arrays.copyOfRange(answer, head, answer.length);
    return right.test(body)
        ? Optional.empty()
        : Optional.of(path + ": a wrong or cut answer of " + body.length + " bytes");
  }

  private static byte[] readAll(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream(1_024);
    byte[] buffer = new byte[16_384];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      all.write(buffer, 0, read);
      if (all.size() > MOST_BYTES) {
        throw new IOException("an answer without end");
      }
    }
    return all.toByteArray();
  }

  private static int headEnd(byte[] answer) {
    for (int at = 0; at + HEAD_END.length <= answer.length; at++) {
      if (Arrays.equals(answer, at, at + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
        return at + HEAD_END.length;
      }
    }
    return -1;
  }
}
