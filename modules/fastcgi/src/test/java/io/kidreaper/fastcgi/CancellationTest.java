package io.kidreaper.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls given up from another thread, and calls on connections that somebody else makes. */
@Timeout(60)
class CancellationTest {
  private static final FastCgiCall GET = FastCgiCall.of(Map.of("REQUEST_METHOD", "GET"));

  private final CountDownLatch interrupted = new CountDownLatch(1);

  private void hang(FastCgiRequest request, FastCgiResponse response) throws Exception {
    try {
      new CountDownLatch(1).await();
    } finally {
      interrupted.countDown();
    }
  }

  @Test
  void endsTheWaitForTheFirstSignOfAnAnswer() throws Exception {
    try (FastCgiServer server = serve(this::hang);
        FastCgiClient client = FastCgiClient.builder(server.address()).maxConnections(1).build()) {
      Cancellation cancellation = new Cancellation();
      FutureTask<FastCgiReply> sending = new FutureTask<>(() -> client.send(GET, cancellation));
      Thread.ofVirtual().start(sending);
      await().until(() -> server.activeRequests() == 1);
      cancellation.cancel();
      assertThatThrownBy(sending::get).hasCauseInstanceOf(RequestAbortedException.class);
      interrupted.await();
      await().until(() -> server.openConnections() == 0);
      assertThat(cancellation.isCancelled()).isTrue();
    }
  }

  @Test
  void beforeItIsSentACallIsNotSent() throws Exception {
    try (FastCgiServer server = serve((rq, rs) -> rs.send("text/plain", "x"));
        FastCgiClient client = FastCgiClient.builder(server.address()).maxConnections(1).build()) {
      Cancellation cancellation = new Cancellation();
      cancellation.cancel();
      assertThatThrownBy(() -> client.send(GET, cancellation).close())
          .isInstanceOf(RequestAbortedException.class);
      assertThat(server.requestsBegun()).isZero();
      assertThat(body(client, new Cancellation())).as("its place is free again").isEqualTo("x");
    }
  }

  @Test
  void endsAnAnswerThatHasBegun() throws Exception {
    try (FastCgiServer server =
            serve((rq, rs) -> {
              rs.stdout().flush();
              hang(rq, rs);
            });
        FastCgiClient client = FastCgiClient.builder(server.address()).build()) {
      Cancellation cancellation = new Cancellation();
      try (FastCgiReply reply = client.send(GET, cancellation)) {
        CgiResponse response = CgiResponse.read(reply.stdout());
        cancellation.cancel();
        assertThatThrownBy(() -> response.body().read())
            .isInstanceOf(RequestAbortedException.class);
      }
      interrupted.await();
    }
  }

  @Test
  void ofACallThatIsOverHitsNoOther() throws Exception {
    try (FastCgiServer server = serve((rq, rs) -> rs.send("text/plain", "x"));
        FastCgiClient client = FastCgiClient.builder(server.address()).maxIdle(1).build()) {
      Cancellation cancellation = new Cancellation();
      assertThat(body(client, cancellation)).isEqualTo("x");
      cancellation.cancel();
      assertThat(client.idleConnections()).isEqualTo(1);
      assertThat(body(client, new Cancellation())).isEqualTo("x");
      assertThat(server.openConnections()).as("the same connection").isEqualTo(1);
    }
  }

  @Test
  void dialedConnectionsServeOneCallEach() throws Exception {
    try (FastCgiServer server = serve((rq, rs) -> rs.send("text/plain", "x"));
        FastCgiClient client =
            FastCgiClient.builder(millis -> SocketChannel.open(server.address()))
                .maxIdle(1)
                .build()) {
      assertThat(body(client, new Cancellation())).isEqualTo("x");
      assertThat(body(client, new Cancellation())).isEqualTo("x");
    }
  }

  @Test
  void dialedConnectionsHaveTheirTimes() throws Exception {
    try (FastCgiServer server = serve(this::hang);
        FastCgiClient client =
            FastCgiClient.builder(millis -> SocketChannel.open(server.address()))
                .readMillis(100)
                .build();
        FastCgiClient nobody =
            FastCgiClient.builder(
                    millis -> {
                      throw new ConnectException("nobody, within " + millis);
                    })
                .connectMillis(7)
                .build()) {
      assertThatThrownBy(() -> client.send(GET).close()).isInstanceOf(SocketTimeoutException.class);
      assertThatThrownBy(() -> nobody.send(GET).close())
          .isInstanceOf(ConnectException.class)
          .hasMessage("nobody, within 7");
    }
  }

  private static FastCgiServer serve(FastCgiHandler handler) throws IOException {
    return FastCgiServer.builder()
        .listenTcp(Wire.loopback())
        .responder(handler)
        .onError((what, error) -> {})
        .start();
  }

  private static String body(FastCgiClient client, Cancellation cancellation) throws IOException {
    try (FastCgiReply reply = client.send(GET, cancellation)) {
      byte[] body = CgiResponse.read(reply.stdout()).body().readAllBytes();
      reply.end();
      return new String(body, UTF_8);
    }
  }
}
