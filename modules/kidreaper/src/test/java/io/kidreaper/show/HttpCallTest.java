package io.kidreaper.show;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpCallTest {
  private static Optional<String> ask(String answer) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try (Socket socket = server.accept()) {
              socket.getInputStream().read();
              socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      return HttpCall.get(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()),
          "/x",
          body -> new String(body, ISO_8859_1).equals("right"));
    }
  }

  @Test
  void aWholeAndRightAnswerIsNotLost() throws IOException {
    assertThat(ask("HTTP/1.1 200 OK\r\nA: b\r\n\r\nright")).isEmpty();
  }

  @Test
  void everythingElseIsLost() throws IOException {
    assertThat(ask("HTTP/1.1 200 OK\r\n\r\nrigh").orElseThrow()).contains("wrong or cut");
    assertThat(ask("HTTP/1.1 502 Bad Gateway\r\n\r\nright").orElseThrow()).contains("502");
    assertThat(ask("HTTP/1.1 200 OK\r\n").orElseThrow()).contains("cut after");
    assertThat(ask("").orElseThrow()).contains("/x");
  }

  @Test
  void whereNobodyListensItIsLost() throws IOException {
    int port;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }
    assertThat(
            HttpCall.get(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "/", _ -> true))
        .isPresent();
  }
}
