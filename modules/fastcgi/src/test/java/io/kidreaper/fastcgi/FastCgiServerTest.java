package io.kidreaper.fastcgi;

import static io.kidreaper.fastcgi.ResponderProtocolTest.end;
import static io.kidreaper.fastcgi.ResponderProtocolTest.params;
import static io.kidreaper.fastcgi.ResponderProtocolTest.stdin;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kidreaper.fastcgi.FcgiRecord.AbortRequest;
import io.kidreaper.fastcgi.FcgiRecord.BeginRequest;
import io.kidreaper.fastcgi.FcgiRecord.EndRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FastCgiServerTest {
  private static final Map<String, String> GET =
      Map.of("REQUEST_METHOD", "GET", "REQUEST_URI", "/größe");

  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final List<FastCgiServer> servers = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeServers() {
    servers.forEach(FastCgiServer::close);
  }

  @Test
  void answersOnTcpAndClosesTheConnection() throws Exception {
    FastCgiServer server =
        start(
            builder()
                .responder((rq, rs) -> rs.send("text/plain", "hello " + rq.param("REQUEST_URI"))));
    try (Wire wire = new Wire(server.address())) {
      wire.get(1, false, GET);
      Wire.Answer answer = wire.answer(1);
      assertThat(answer.stdout())
          .isEqualTo("Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nhello /größe");
      assertThat(answer.end()).isEqualTo(new EndRequest(1, 0, 0));
      assertThat(wire.isEnded()).isTrue();
    }
    await().until(() -> server.openConnections() == 0);
    assertThat(server.requestsBegun()).isEqualTo(1);
    assertThat(server.activeRequests()).isZero();
  }

  @Test
  void answersOnAUnixSocketAndRemovesItsFile(@TempDir Path dir) throws Exception {
    Path socket = dir.resolve("s");
    FastCgiServer server =
        start(
            FastCgiServer.builder()
                .listenUnix(socket)
                .responder((rq, rs) -> rs.send("text/plain", "hello")));
    try (Wire wire = new Wire(UnixDomainSocketAddress.of(socket))) {
      wire.get(1, false, GET);
      assertThat(wire.answer(1).body()).isEqualTo("hello");
    }
    server.finish();
    server.join();
    assertThat(socket).doesNotExist();
  }

  @Test
  void replacesAStaleSocketButNeitherAFileNorALiveOne(@TempDir Path dir) throws Exception {
    Path socket = dir.resolve("s");
    Path file = Files.writeString(dir.resolve("file"), "precious");
    try (java.nio.channels.ServerSocketChannel killed =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(socket));
    }
    FastCgiServerBuilder builder = FastCgiServer.builder().responder((rq, rs) -> {});
    start(builder.listenUnix(socket));
    assertThatThrownBy(() -> builder.listenUnix(socket).start())
        .hasMessageContaining("another process does");
    assertThatThrownBy(() -> builder.listenUnix(file).start())
        .hasMessageContaining("is not a socket");
    assertThat(file).hasContent("precious");
  }

  @Test
  void aKeptConnectionServesManyRequests() throws Exception {
    FastCgiServer server = start(builder().responder((rq, rs) -> rs.send("text/plain", "x")));
    try (Wire wire = new Wire(server.address())) {
      for (int i = 0; i < 200; i++) {
        wire.get(1 + i % 3, true, GET);
        assertThat(wire.answer(1 + i % 3).body()).isEqualTo("x");
      }
      assertThat(server.openConnections()).isEqualTo(1);
    }
    await().until(() -> server.openConnections() == 0);
  }

  @Test
  void aRequestIdThatIsUsedAgainAtOnceMeansTheNewRequest() throws Exception {
    FastCgiServer server =
        start(builder().responder((rq, rs) -> rs.send("text/plain", rq.stdin().readAllBytes())));
    try (Wire wire = new Wire(server.address())) {
      for (int i = 0; i < 2_000; i++) {
        // The body comes by itself, so that the request is handled by a thread of its own.
        wire.send(new BeginRequest(1, 1, 1), params(1, GET), end(RecordType.PARAMS, 1));
        wire.send(stdin(1, "body " + i), end(RecordType.STDIN, 1));
        assertThat(wire.answer(1).body()).isEqualTo("body " + i);
      }
    }
  }

  @Test
  void requestsThatAreSentAheadAreAllAnswered() throws Exception {
    FastCgiServer server = start(builder().responder((rq, rs) -> rs.send("text/plain", "x")));
    try (Wire wire = new Wire(server.address())) {
      for (int id = 1; id <= 10; id++) {
        wire.get(id, true, GET);
      }
      int ended = 0;
      while (ended < 10) {
        if (wire.receive() instanceof EndRequest) {
          ended++;
        }
      }
    }
  }

  @Test
  void requestsOnOneConnectionAreHandledSideBySide() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    FastCgiServer server =
        start(
            builder()
                .responder((rq, rs) -> {
                  both.countDown();
                  both.await();
                  rs.send("text/plain", "met");
                }));
    try (Wire wire = new Wire(server.address())) {
      wire.get(1, true, GET);
      // The first one is being handled, by itself, before the second one comes.
      await().until(() -> both.getCount() == 1);
      wire.get(2, true, GET);
      int ended = 0;
      while (ended < 2) {
        if (wire.receive() instanceof EndRequest) {
          ended++;
        }
      }
    }
  }

  @Test
  void bodiesStreamBothWaysWithoutBeingHeld() throws Exception {
    FastCgiServer server =
        start(
            builder()
                .bufferBytes(10_000)
                .responder((rq, rs) -> {
                  rs.header("Content-Type", "application/octet-stream");
                  rq.stdin().transferTo(rs.stdout());
                }));
    try (Wire wire = new Wire(server.address())) {
      wire.send(new BeginRequest(1, 1, 1), end(RecordType.PARAMS, 1));
      String piece = "0123456789abcdef".repeat(1_000);
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < 300; i++) {
                    wire.send(stdin(1, piece));
                  }
                  wire.send(end(RecordType.STDIN, 1));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(wire.answer(1).body()).isEqualTo(piece.repeat(300));
      sender.join();
    }
  }

  @Test
  void everySizeOfBodyComesOutWhole() throws Exception {
    FastCgiServer server =
        start(
            builder()
                .responder((rq, rs) -> {
                  byte[] body = body(Integer.parseInt(rq.param("SIZE")));
                  int cut = Integer.parseInt(rq.param("CUT"));
                  rs.stdout().write(body, 0, Math.min(cut, body.length));
                  rs.stdout()
                      .write(body, Math.min(cut, body.length), Math.max(0, body.length - cut));
                }));
    try (Wire wire = new Wire(server.address())) {
      for (int size :
          new int[] {0, 1, 1_900, 2_048, 4_000, 32_700, 32_768, 65_535, 65_536, 300_001}) {
        for (int cut : new int[] {0, 1, 1_000, 40_000}) {
          wire.get(1, true, Map.of("SIZE", "" + size, "CUT", "" + cut));
          assertThat(wire.answer(1).body())
              .as("%d bytes, cut at %d", size, cut)
              .isEqualTo(new String(body(size), UTF_8));
        }
      }
    }
  }

  private static byte[] body(int size) {
    byte[] body = new byte[size];
    for (int i = 0; i < size; i++) {
      body[i] = (byte) ('a' + i * 7 % 26);
    }
    return body;
  }

  @Test
  void longHeadersComeOutWhole() throws Exception {
    FastCgiServer server =
        start(
            builder().responder((rq, rs) -> rs.header("X", "v".repeat(200_000)).stdout().flush()));
    try (Wire wire = new Wire(server.address())) {
      wire.get(1, true, GET);
      assertThat(wire.answer(1).stdout())
          .startsWith("Status: 200 OK\r\nX: vvvv")
          .endsWith("v\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n")
          .hasSizeGreaterThan(200_000);
    }
  }

  @Test
  void whatIsFlushedArrivesBeforeTheHandlerReturns() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    FastCgiServer server =
        start(
            builder()
                .responder((rq, rs) -> {
                  rs.stdout().write("first".getBytes(UTF_8));
                  rs.stdout().flush();
                  seen.await();
                  rs.stdout().write("second".getBytes(UTF_8));
                }));
    try (Wire wire = new Wire(server.address())) {
      wire.get(1, true, GET);
      FcgiRecord.Stream first = (FcgiRecord.Stream) Objects.requireNonNull(wire.receive());
      assertThat(UTF_8.decode(first.content()).toString()).endsWith("\r\n\r\nfirst");
      seen.countDown();
      assertThat(wire.answer(1).stdout()).isEqualTo("second");
    }
  }

  @Test
  void aHandlerThatThrowsAnswers500AndTheConnectionGoesOn() throws Exception {
    FastCgiServer server =
        start(
            builder()
                .responder((rq, rs) -> {
                  rs.header("X-Half", "made").stdout().write('x');
                  if (rq.param("ERROR") != null) {
                    throw new StackOverflowError();
                  }
                  throw new IllegalStateException("broken");
                }));
    try (Wire wire = new Wire(server.address())) {
      for (Map<String, String> params : List.of(GET, Map.of("ERROR", "1"), GET)) {
        wire.get(1, true, params);
        Wire.Answer answer = wire.answer(1);
        assertThat(answer.stdout())
            .isEqualTo(
                "Status: 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n500 Internal Server Error\n");
        assertThat(answer.stderr()).containsAnyOf("broken", "StackOverflowError");
        assertThat(answer.end()).isEqualTo(new EndRequest(1, 1, 0));
      }
    }
    assertThat(errors).hasSize(3).first().isEqualTo("the handler of GET /größe failed");
  }

  @Test
  void stderrAndAppStatusArrive() throws Exception {
    FastCgiServer server =
        start(
            builder()
                .responder((rq, rs) -> {
                  try (OutputStream log = rs.stderr()) {
                    log.write("e".repeat(10_000).getBytes(UTF_8));
                  }
                  rs.status(404).appStatus(-3).send("text/plain", "no");
                }));
    try (Wire wire = new Wire(server.address())) {
      wire.get(1, false, GET);
      Wire.Answer answer = wire.answer(1);
      assertThat(answer.stderr()).isEqualTo("e".repeat(10_000));
      assertThat(answer.stdout()).startsWith("Status: 404 Not Found\r\n").endsWith("no");
      assertThat(answer.end()).isEqualTo(new EndRequest(1, -3, 0));
    }
  }

  @Test
  void headersCannotBeForgedOrSetLate() throws Exception {
    AtomicReference<Throwable> late = new AtomicReference<>();
    FastCgiServer server =
        start(
            builder()
                .responder((rq, rs) -> {
                  assertThatThrownBy(() -> rs.header("X", "a\r\nSet-Cookie: b"))
                      .isInstanceOf(IllegalArgumentException.class);
                  assertThatThrownBy(() -> rs.header("X: y", "a"))
                      .isInstanceOf(IllegalArgumentException.class);
                  assertThatThrownBy(() -> rs.status(42))
                      .isInstanceOf(IllegalArgumentException.class);
                  rs.stdout().write('x');
                  late.set(
                      org.assertj.core.api.Assertions.catchThrowable(() -> rs.header("X", "a")));
                }));
    try (Wire wire = new Wire(server.address())) {
      wire.get(1, false, GET);
      assertThat(wire.answer(1).stdout()).startsWith("Status: 200").doesNotContain("X");
    }
    assertThat(late.get()).isInstanceOf(IllegalStateException.class);
    assertThat(errors).isEmpty();
  }

  @Test
  void anAuthorizerAndAFilterAreServed() throws Exception {
    FastCgiServer server =
        start(
            builder()
                .authorizer((rq, rs) -> {
                  assertThat(rq.stdin().read()).isEqualTo(-1);
                  rs.header("Variable-USER", "me");
                })
                .filter((rq, rs) -> {
                  String stdin = new String(rq.stdin().readAllBytes(), UTF_8);
                  String data = new String(rq.data().readAllBytes(), UTF_8);
                  rs.send("text/plain", stdin + "+" + data);
                }));
    try (Wire wire = new Wire(server.address())) {
      wire.send(new BeginRequest(1, 2, 1), params(1, GET), end(RecordType.PARAMS, 1));
      assertThat(wire.answer(1).stdout()).contains("Status: 200 OK\r\nVariable-USER: me\r\n");
      wire.send(
          new BeginRequest(2, 3, 1),
          end(RecordType.PARAMS, 2),
          stdin(2, "q"),
          end(RecordType.STDIN, 2),
          new FcgiRecord.Stream(RecordType.DATA, 2, RecordCodecTest.bytes("file")),
          end(RecordType.DATA, 2));
      assertThat(wire.answer(2).body()).isEqualTo("q+file");
      wire.send(new BeginRequest(3, 1, 1));
      assertThat(wire.answer(3).end())
          .isEqualTo(new EndRequest(3, 0, ProtocolStatus.UNKNOWN_ROLE.code()));
    }
  }

  @Test
  void anAbortReachesAHandlerThatWaitsForAnything() throws Exception {
    CountDownLatch forever = new CountDownLatch(1);
    Semaphore running = new Semaphore(0);
    FastCgiServer server =
        start(
            builder()
                .responder((rq, rs) -> {
                  running.release();
                  if (rq.param("READ") != null) {
                    assertThatThrownBy(() -> rq.stdin().read())
                        .isInstanceOf(RequestAbortedException.class);
                  } else {
                    assertThatThrownBy(forever::await).isInstanceOf(InterruptedException.class);
                  }
                  assertThat(rq.isAborted()).isTrue();
                  assertThatThrownBy(() -> rs.stdout().flush())
                      .isInstanceOf(RequestAbortedException.class);
                }));
    try (Wire wire = new Wire(server.address())) {
      wire.get(1, true, GET);
      running.acquire();
      wire.send(new AbortRequest(1));
      assertThat(wire.answer(1).stdout()).isEmpty();
      wire.send(
          new BeginRequest(1, 1, 1), params(1, Map.of("READ", "1")), end(RecordType.PARAMS, 1));
      running.acquire();
      wire.send(new AbortRequest(1));
      assertThat(wire.answer(1).stdout()).isEmpty();
    }
    assertThat(errors).isEmpty();
  }

  @Test
  void requestsBeyondTheLimitAreRefusedAsOverload() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    FastCgiServer server =
        start(
            builder()
                .limits(new ResponderLimits(100, 1, 16, 1_000, 10))
                .responder((rq, rs) -> {
                  go.await();
                  rs.send("text/plain", "done");
                }));
    try (Wire one = new Wire(server.address());
        Wire two = new Wire(server.address())) {
      one.get(1, true, GET);
      await().until(() -> server.activeRequests() == 1);
      two.get(1, true, GET);
      assertThat(two.answer(1).end())
          .isEqualTo(new EndRequest(1, 0, ProtocolStatus.OVERLOADED.code()));
      go.countDown();
      assertThat(one.answer(1).body()).isEqualTo("done");
    }
  }

  @Test
  void finishingAnswersWhatHasBegunAndClosesBehindIt() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    FastCgiServer server =
        start(
            builder()
                .responder((rq, rs) -> {
                  go.await();
                  rs.send("text/plain", "done");
                }));
    try (Wire busy = new Wire(server.address())) {
      busy.get(1, true, GET);
      await().until(() -> server.activeRequests() == 1);
      server.finish();
      server.finish();
      await()
          .until(() -> {
            try {
              new Wire(server.address()).close();
              return false;
            } catch (java.net.ConnectException refused) {
              return true;
            }
          });
      assertThat(server.join(1)).isFalse();
      go.countDown();
      assertThat(busy.answer(1).body()).isEqualTo("done");
      assertThat(busy.isEnded()).isTrue();
    }
    server.join();
  }

  @Test
  void finishingClosesKeptConnectionsThatDoNothing() throws Exception {
    FastCgiServer server = start(builder().responder((rq, rs) -> rs.send("text/plain", "x")));
    try (Wire wire = new Wire(server.address())) {
      wire.get(1, true, GET);
      wire.answer(1);
      server.finish();
      assertThat(wire.isEnded()).isTrue();
    }
    server.join();
  }

  @Test
  void afterItsLastRequestItFinishesByItself() throws Exception {
    FastCgiServer server =
        start(builder().maxRequests(3).responder((rq, rs) -> rs.send("text/plain", "x")));
    try (Wire wire = new Wire(server.address())) {
      for (int i = 0; i < 3; i++) {
        wire.get(1, true, GET);
        assertThat(wire.answer(1).body()).isEqualTo("x");
      }
      assertThat(wire.isEnded()).isTrue();
    }
    server.join();
    assertThat(server.requestsBegun()).isEqualTo(3);
  }

  @Test
  void theDrainTimeCutsWhatDoesNotEnd() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    FastCgiServer server =
        start(
            builder()
                .drainMillis(100)
                .responder((rq, rs) -> {
                  try {
                    never.await();
                  } finally {
                    interrupted.countDown();
                  }
                }));
    try (Wire wire = new Wire(server.address())) {
      wire.get(1, true, GET);
      await().until(() -> server.activeRequests() == 1);
      server.finish();
      server.join();
      assertThat(wire.isEnded()).isTrue();
    }
    interrupted.await();
  }

  @Test
  void onlyAllowedWebServersMayConnect() throws Exception {
    FastCgiServer server =
        start(
            builder()
                .allowWebServers(Set.of(InetAddress.ofLiteral("127.0.0.9")))
                .responder((rq, rs) -> rs.send("text/plain", "x")));
    try (Wire wire = new Wire(server.address())) {
      assertThat(wire.isEnded()).isTrue();
    } catch (IOException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
    assertThat(server.requestsBegun()).isZero();
  }

  @Test
  void theEnvironmentSaysWhichWebServersMayConnect() {
    assertThat(Listener.webServers(null)).isEmpty();
    assertThat(Listener.webServers("127.0.0.1, 10.0.0.2"))
        .containsExactlyInAnyOrder(
            InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("10.0.0.2"));
    assertThatThrownBy(() -> Listener.webServers("localhost"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aMissingSettingIsSaid() {
    assertThatThrownBy(() -> FastCgiServer.builder().listenTcp(Wire.loopback()).start())
        .hasMessageContaining("no handler");
    assertThatThrownBy(() -> FastCgiServer.builder().responder((rq, rs) -> {}).start())
        .hasMessageContaining("nowhere to listen");
  }

  private FastCgiServerBuilder builder() {
    return FastCgiServer.builder()
        .listenTcp(Wire.loopback())
        .onError((what, error) -> errors.add(what));
  }

  private FastCgiServer start(FastCgiServerBuilder builder) throws IOException {
    FastCgiServer server = builder.start();
    servers.add(server);
    return server;
  }
}
