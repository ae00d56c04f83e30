package io.kidreaper.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kidreaper.fastcgi.FcgiRecord.EndRequest;
import io.kidreaper.fastcgi.FcgiRecord.Stream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against this library's server, and against applications that break the protocol. */
@Timeout(60)
class FastCgiClientTest {
  private static final FastCgiCall GET =
      FastCgiCall.of(Map.of("REQUEST_METHOD", "GET", "REQUEST_URI", "/x"));

  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  @Test
  void callsOverTcpAndUnix(@TempDir Path dir) throws Exception {
    FastCgiHandler hello = (rq, rs) -> rs.send("text/plain", "hello " + rq.param("REQUEST_URI"));
    Path socket = dir.resolve("s");
    for (FastCgiServerBuilder builder :
        List.of(
            FastCgiServer.builder().listenTcp(Wire.loopback()),
            FastCgiServer.builder().listenUnix(socket))) {
      FastCgiServer server = keep(builder.responder(hello).start());
      FastCgiClient client = keep(FastCgiClient.builder(server.address()).build());
      try (FastCgiReply reply = client.send(GET)) {
        CgiResponse response = CgiResponse.read(reply.stdout());
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers()).containsEntry("content-type", List.of("text/plain"));
        assertThat(text(response.body())).isEqualTo("hello /x");
        assertThat(reply.end())
            .isEqualTo(new ClientEvent.Ended(0, ProtocolStatus.REQUEST_COMPLETE));
      }
      assertThat(client.idleConnections()).isZero();
    }
  }

  @Test
  void keepsConnectionsForFurtherCalls() throws Exception {
    FastCgiServer server = serve((rq, rs) -> rs.send("text/plain", "x"));
    FastCgiClient client = keep(FastCgiClient.builder(server.address()).maxIdle(2).build());
    for (int i = 0; i < 20; i++) {
      assertThat(body(client, GET)).isEqualTo("x");
    }
    assertThat(server.openConnections()).isEqualTo(1);
    assertThat(client.idleConnections()).isEqualTo(1);
  }

  @Test
  void aKeptConnectionThatWasClosedIsReplaced() throws Exception {
    FastCgiServer server =
        keep(
            FastCgiServer.builder()
                .listenTcp(Wire.loopback())
                .idleMillis(1)
                .responder((rq, rs) -> rs.send("text/plain", "x"))
                .start());
    FastCgiClient client = keep(FastCgiClient.builder(server.address()).maxIdle(2).build());
    for (int i = 0; i < 3; i++) {
      assertThat(body(client, GET.withBody("not repeatable".getBytes(UTF_8)))).isEqualTo("x");
      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void bodiesStreamBothWaysAtOnce() throws Exception {
    FastCgiServer server =
        serve((rq, rs) -> {
          rs.header("Content-Type", "application/octet-stream");
          rq.stdin().transferTo(rs.stdout());
        });
    FastCgiClient client = keep(FastCgiClient.builder(server.address()).maxIdle(1).build());
    for (int size : new int[] {0, 1, 16_384, 16_385, 5_000_000}) {
      byte[] body = Seeds.bytes(new java.util.Random(size), size);
      assertThat(bytes(client, GET.withBody(body))).isEqualTo(body);
      assertThat(
              bytes(
                  client,
                  GET.withBody(new java.io.BufferedInputStream(new ByteArrayInputStream(body)))))
          .isEqualTo(body);
    }
    assertThat(server.openConnections()).isEqualTo(1);
  }

  @Test
  void anAnswerThatDoesNotWantTheBodyEndsTheCall() throws Exception {
    FastCgiServer server = serve((rq, rs) -> rs.status(413).send("text/plain", "too large"));
    FastCgiClient client = keep(FastCgiClient.builder(server.address()).maxIdle(1).build());
    try (FastCgiReply reply = client.send(GET.withBody(new byte[20_000_000]))) {
      CgiResponse response = CgiResponse.read(reply.stdout());
      assertThat(response.status()).isEqualTo(413);
      assertThat(text(response.body())).isEqualTo("too large");
    }
    assertThat(body(client, GET)).isEqualTo("too large");
  }

  @Test
  void longParametersArrive() throws Exception {
    FastCgiServer server =
        serve((rq, rs) -> rs.send("text/plain", rq.params().getOrDefault("LONG", "")));
    FastCgiClient client = keep(FastCgiClient.builder(server.address()).build());
    String value = "v".repeat(200_000);
    assertThat(body(client, FastCgiCall.of(Map.of("LONG", value)))).isEqualTo(value);
  }

  @Test
  void stderrAndTheApplicationsStatusAreThere() throws Exception {
    FastCgiServer server =
        serve((rq, rs) -> {
          rs.stderr().write("e".repeat(100_000).getBytes(UTF_8));
          rs.appStatus(7).send("text/plain", "x");
        });
    FastCgiClient client = keep(FastCgiClient.builder(server.address()).build());
    try (FastCgiReply reply = client.send(GET)) {
      assertThat(reply.end().appStatus()).isEqualTo(7);
      assertThat(reply.stderr()).isEqualTo("e".repeat(FastCgiReply.MAX_STDERR_BYTES));
    }
  }

  @Test
  void aRefusedRequestSaysWhy() throws Exception {
    FastCgiServer server =
        keep(FastCgiServer.builder().listenTcp(Wire.loopback()).authorizer((rq, rs) -> {}).start());
    FastCgiClient client = keep(FastCgiClient.builder(server.address()).build());
    try (FastCgiReply reply = client.send(GET)) {
      assertThat(reply.end().protocolStatus()).isEqualTo(ProtocolStatus.UNKNOWN_ROLE);
    }
  }

  @Test
  void aFilterGetsItsFile() throws Exception {
    FastCgiServer server =
        keep(
            FastCgiServer.builder()
                .listenTcp(Wire.loopback())
                .filter((rq, rs) -> {
                  rq.stdin().transferTo(java.io.OutputStream.nullOutputStream());
                  rs.send("text/plain", text(rq.data()).toUpperCase(java.util.Locale.ROOT));
                })
                .start());
    FastCgiClient client = keep(FastCgiClient.builder(server.address()).build());
    FastCgiCall call =
        new FastCgiCall(
            Role.FILTER,
            GET.params(),
            new ByteArrayInputStream(new byte[3]),
            new ByteArrayInputStream("file".getBytes(UTF_8)),
            false);
    assertThat(body(client, call)).isEqualTo("FILE");
  }

  @Test
  void cancellingReachesTheHandlerAndTheReader() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    FastCgiServer server =
        serve((rq, rs) -> {
          rs.stdout().flush();
          try {
            new CountDownLatch(1).await();
          } finally {
            interrupted.countDown();
          }
        });
    FastCgiClient client = keep(FastCgiClient.builder(server.address()).build());
    try (FastCgiReply reply = client.send(GET)) {
      FutureTask<Object> reading =
          new FutureTask<>(() -> CgiResponse.read(reply.stdout()).body().read());
      Thread.ofVirtual().start(reading);
      reply.cancel();
      assertThatThrownBy(reading::get).hasRootCauseInstanceOf(RequestAbortedException.class);
    }
    interrupted.await();
    await().until(() -> server.openConnections() == 0);
  }

  @Test
  void slowApplicationsRunIntoTheTimeouts() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    FastCgiServer server =
        serve((rq, rs) -> {
          if (rq.param("FIRST") != null) {
            rs.stdout().flush();
          }
          never.await();
        });
    FastCgiClient slow = keep(FastCgiClient.builder(server.address()).readMillis(50).build());
    assertThatThrownBy(() -> slow.send(GET)).isInstanceOf(SocketTimeoutException.class);
    try (FastCgiReply reply = slow.send(FastCgiCall.of(Map.of("FIRST", "1")))) {
      assertThatThrownBy(reply::end).isInstanceOf(SocketTimeoutException.class);
    }
    FastCgiClient whole = keep(FastCgiClient.builder(server.address()).callMillis(50).build());
    assertThatThrownBy(() -> whole.send(GET)).isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void anApplicationThatReadsNothingRunsIntoTheTimeout() throws Exception {
    SocketAddress address =
        application(connection -> {
          await().until(() -> !connection.isOpen());
        });
    FastCgiClient client =
        keep(FastCgiClient.builder(address).writeMillis(50).readMillis(0).build());
    assertThatThrownBy(() -> client.send(GET.withBody(new byte[50_000_000])))
        .isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void moreCallsThanConnectionsWaitAndThenFail() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    FastCgiServer server =
        serve((rq, rs) -> {
          rs.stdout().flush();
          go.await();
        });
    FastCgiClient client =
        keep(FastCgiClient.builder(server.address()).maxConnections(1).connectMillis(50).build());
    try (FastCgiReply reply = client.send(GET)) {
      assertThatThrownBy(() -> client.send(GET))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageContaining("all 1 connections were busy");
      go.countDown();
      reply.end();
    }
    body(client, GET);
  }

  @Test
  void nobodyListening(@TempDir Path dir) throws Exception {
    for (boolean virtual : new boolean[] {false, true}) {
      FastCgiClient client =
          keep(FastCgiClient.builder(UnixDomainSocketAddress.of(dir.resolve("none"))).build());
      FutureTask<Object> call = new FutureTask<>(() -> client.send(GET));
      (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(call);
      assertThatThrownBy(call::get).hasCauseInstanceOf(ConnectException.class);
    }
  }

  @Test
  void aFullBacklogIsWaitedForOnAnyThread(@TempDir Path dir) throws Exception {
    SocketAddress address = UnixDomainSocketAddress.of(dir.resolve("s"));
    ServerSocketChannel listener = keep(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
    listener.bind(address, 1);
    for (int i = 0; i < 2; i++) {
      keep(SocketChannel.open(address));
    }
    FastCgiClient client = keep(FastCgiClient.builder(address).connectMillis(100).build());
    for (Thread.Builder builder : List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
      FutureTask<Object> call = new FutureTask<>(() -> client.send(GET));
      builder.start(call);
      assertThatThrownBy(call::get).hasCauseInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void brokenAnswersAreRefused() throws Exception {
    broken("its version is 72", ByteBuffer.wrap("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8)));
    broken("without an answer", ByteBuffer.allocate(0));
    broken("within a record", ByteBuffer.wrap(new byte[] {1, 6, 0}));
    broken("for request 2, which is not active", record(new EndRequest(2, 0, 0)));
    broken("unknown protocol status 9", record(new EndRequest(1, 0, 9)));
    broken(
        "only web servers send", record(new Stream(RecordType.STDIN, 1, ByteBuffer.allocate(0))));
    broken("unknown type 99", record(new FcgiRecord.Other(99, 1, ByteBuffer.allocate(0))));
    broken(
        "before the end of its answer",
        record(new Stream(RecordType.STDOUT, 1, RecordCodecTest.bytes("half"))));
  }

  private void broken(String message, ByteBuffer answer) throws Exception {
    SocketAddress address =
        application(connection -> {
          connection.read(ByteBuffer.allocate(10_000));
          while (answer.hasRemaining()) {
            connection.write(answer);
          }
        });
    FastCgiClient client = keep(FastCgiClient.builder(address).build());
    assertThatThrownBy(
            () -> {
              try (FastCgiReply reply = client.send(GET)) {
                reply.end();
              }
            })
        .isInstanceOf(FastCgiProtocolException.class)
        .hasMessageContaining(message);
  }

  private interface Application {
    void serve(SocketChannel connection) throws Exception;
  }

  /** An application that serves one connection, in whatever way, and closes it. */
  private SocketAddress application(Application application) throws IOException {
    ServerSocketChannel listener = keep(ServerSocketChannel.open());
    listener.bind(Wire.loopback());
    FutureTask<Object> task =
        new FutureTask<>(() -> {
          try (SocketChannel connection = listener.accept()) {
            open.add(connection);
            application.serve(connection);
          }
          return "served";
        });
    Thread.ofPlatform().daemon().start(task);
    return listener.getLocalAddress();
  }

  private static ByteBuffer record(FcgiRecord record) {
    return RecordCodecTest.encode(List.of(record));
  }

  private FastCgiServer serve(FastCgiHandler handler) throws IOException {
    return keep(
        FastCgiServer.builder()
            .listenTcp(Wire.loopback())
            .responder(handler)
            .onError((what, error) -> {})
            .start());
  }

  private static String body(FastCgiClient client, FastCgiCall call) throws IOException {
    return new String(bytes(client, call), UTF_8);
  }

  private static byte[] bytes(FastCgiClient client, FastCgiCall call) throws IOException {
    try (FastCgiReply reply = client.send(call)) {
      byte[] body = CgiResponse.read(reply.stdout()).body().readAllBytes();
      reply.end();
      return body;
    }
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), UTF_8);
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.add(one);
    return one;
  }
}
