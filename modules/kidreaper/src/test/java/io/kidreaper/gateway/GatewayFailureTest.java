package io.kidreaper.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.fastcgi.ProtocolStatus;
import io.kidreaper.fastcgi.RecordType;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an application's developer sees when it does not go well. */
@Timeout(60)
class GatewayFailureTest {
  private static final UnaryOperator<GatewaySettings> USUAL = UnaryOperator.identity();

  @Test
  void nobodyListens() throws Exception {
    Upstream nobody;
    try (ServerSocket gone = new ServerSocket(0, 1, Bench.loopback().getAddress())) {
      nobody = new Upstream.At(gone.getLocalSocketAddress());
    }
    try (Bench bench = Bench.before(nobody, USUAL)) {
      HttpResponse<String> answer = bench.get("/x");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("Nobody listens at", nobody.toString(), "GET /x");
      assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
      assertThat(bench.log).singleElement().asString().startsWith("GET /x: 503");
    }
  }

  @Test
  void aBrowserGetsAPage() throws Exception {
    try (ScriptedWorker worker =
            new ScriptedWorker(socket -> {
              ScriptedWorker.send(socket, RecordType.STDERR, "died of <x>\n");
              ScriptedWorker.send(socket, RecordType.STDOUT, "no <header>\n\n");
            });
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      HttpResponse<String> answer = bench.get("/%3Cb%3E", "Accept", "text/html,*/*");
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(answer.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
      assertThat(answer.body())
          .contains("Not a CGI header", "no &lt;header&gt;", "died of &lt;x&gt;")
          .doesNotContain("<header>", "<x>", "<b>");
    }
  }

  @Test
  void anotherAddressIsTriedWhereNobodyListens() throws Exception {
    Upstream nobody;
    try (ServerSocket gone = new ServerSocket(0, 1, Bench.loopback().getAddress())) {
      nobody = new Upstream.At(gone.getLocalSocketAddress());
    }
    try (ScriptedWorker worker = new ScriptedWorker(GatewayFailureTest::hello);
        Bench bench =
            Bench.before(
                worker.upstream(),
                settings ->
                    new GatewaySettings(
                        settings.listen(),
                        List.of(nobody, worker.upstream()),
                        settings.staticDirectory(),
                        settings.documentRoot(),
                        settings.script(),
                        settings.software(),
                        settings.limits()))) {
      for (int i = 0; i < 4; i++) {
        assertThat(bench.get("/").body()).isEqualTo("hello");
      }
    }
  }

  @Test
  void theWorkerEndsTheConnectionWithoutAnAnswer() throws Exception {
    try (ScriptedWorker worker = new ScriptedWorker(socket -> {});
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      HttpResponse<String> answer = bench.get("/x");
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(answer.body()).contains("closed the connection without an answer");
    }
  }

  @Test
  void theWorkerEndsWithinItsHeaders() throws Exception {
    try (ScriptedWorker worker =
            new ScriptedWorker(
                socket -> ScriptedWorker.send(socket, RecordType.STDOUT, "Content-Type: te"));
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      HttpResponse<String> answer = bench.get("/x");
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(answer.body()).contains("before the end of its answer", "Content-Type: te");
    }
  }

  @Test
  void theWorkerSaysNothingButEndsProperly() throws Exception {
    try (ScriptedWorker worker =
            new ScriptedWorker(socket -> {
              ScriptedWorker.send(socket, RecordType.STDERR, "Can't locate Some/Module.pm\n");
              ScriptedWorker.end(socket, ProtocolStatus.REQUEST_COMPLETE);
            });
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      HttpResponse<String> answer = bench.get("/x");
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(answer.body()).contains("within its CGI headers", "Can't locate Some/Module.pm");
      // The log hears of it beside the answer.
      Awaitility.await().until(() -> bench.log.contains("GET /x: Can't locate Some/Module.pm"));
    }
  }

  @Test
  void theWorkerRefuses() throws Exception {
    try (ScriptedWorker worker =
            new ScriptedWorker(socket -> ScriptedWorker.end(socket, ProtocolStatus.OVERLOADED));
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      HttpResponse<String> answer = bench.get("/x");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("OVERLOADED");
    }
  }

  @Test
  void theWorkerNeverAnswers() throws Exception {
    try (ScriptedWorker worker = worker(ScriptedWorker::awaitEnd);
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      HttpResponse<String> answer = bench.get("/x");
      assertThat(answer.statusCode()).isEqualTo(504);
      assertThat(answer.body()).contains("too slow to answer");
      assertThat(worker.ends.poll(10, TimeUnit.SECONDS)).isEqualTo("ended");
    }
  }

  /** Whatever the length was said to be, and with and without chunks: it must not look whole. */
  @ParameterizedTest
  @ValueSource(strings = {"", "Content-Length: 10\r\n"})
  void theWorkerDiesInMidAnswer(String length) throws Exception {
    try (ScriptedWorker worker =
            new ScriptedWorker(socket ->
                ScriptedWorker.send(socket, RecordType.STDOUT, "X: y\r\n" + length + "\r\nhello"));
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      assertThatThrownBy(() -> bench.get("/x")).isInstanceOf(IOException.class);
      assertThat(bench.raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
          .startsWith("HTTP/1.1 200")
          .contains("hello")
          .doesNotEndWith("0\r\n\r\n");
      assertThat(bench.log).anyMatch(line -> line.startsWith("GET /x: the answer was cut"));
    }
  }

  @Test
  void theWorkerDiesInMidAnswerToHttp10() throws Exception {
    try (ScriptedWorker worker =
            new ScriptedWorker(
                socket -> ScriptedWorker.send(socket, RecordType.STDOUT, "X: y\r\n\r\nhello"));
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      assertThat(bench.raw("GET / HTTP/1.0\r\n\r\n")).doesNotContain("hello");
    }
  }

  @Test
  void theWorkerHangsInMidAnswer() throws Exception {
    try (ScriptedWorker worker =
            worker((self, socket) -> {
              ScriptedWorker.send(socket, RecordType.STDOUT, "X: y\r\n\r\nhello");
              self.awaitEnd(socket);
            });
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      assertThatThrownBy(() -> bench.get("/x")).isInstanceOf(IOException.class);
      assertThat(worker.ends.poll(10, TimeUnit.SECONDS)).isEqualTo("ended");
    }
  }

  @Test
  void anAnswerShorterThanItsLengthIsCut() throws Exception {
    try (ScriptedWorker worker =
            new ScriptedWorker(socket -> {
              ScriptedWorker.send(socket, RecordType.STDOUT, "Content-Length: 10\r\n\r\nhello");
              ScriptedWorker.end(socket, ProtocolStatus.REQUEST_COMPLETE);
            });
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      assertThatThrownBy(() -> bench.get("/x")).isInstanceOf(IOException.class);
      Awaitility.await()
          .until(() -> bench.log.stream().anyMatch(line -> line.contains("5 bytes less")));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatGoesAwayWhileItWaitsEndsTheRequest(boolean reset) throws Exception {
    try (ScriptedWorker worker = worker(ScriptedWorker::awaitEnd);
        Bench bench =
            Bench.before(
                worker.upstream(),
                settings -> settings.within(new GatewayLimits(4, 0, 0, 0, 0, 2_000)))) {
      Socket client = bench.connect();
      ask(client);
      if (reset) {
        client.setSoLinger(true, 0);
      }
      client.close();
      assertThat(worker.ends.poll(20, TimeUnit.SECONDS)).isEqualTo("ended");
      Awaitility.await().until(() -> bench.log.contains("GET /x: the client went away"));
    }
  }

  @Test
  void aClientThatTakesNothingEndsTheRequest() throws Exception {
    String much = "x".repeat(60_000);
    try (ScriptedWorker worker =
            worker((self, socket) -> {
              ScriptedWorker.send(socket, RecordType.STDOUT, "X: y\r\n\r\n");
              try {
                while (true) {
                  ScriptedWorker.send(socket, RecordType.STDOUT, much);
                }
              } catch (java.io.UncheckedIOException gone) {
                self.ends.add("ended");
              }
            });
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      ask(bench.connect());
      assertThat(worker.ends.poll(30, TimeUnit.SECONDS)).isEqualTo("ended");
    }
  }

  @Test
  void aCutBodyReachesNoWorker() throws Exception {
    try (ScriptedWorker worker = new ScriptedWorker(GatewayFailureTest::hello);
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      Socket client = bench.connect();
      OutputStream out = client.getOutputStream();
      out.write(
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"
              .getBytes(StandardCharsets.ISO_8859_1));
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void aPathThatLeadsOutIsRefused() throws Exception {
    try (ScriptedWorker worker = new ScriptedWorker(GatewayFailureTest::hello);
        Bench bench = Bench.before(worker.upstream(), USUAL)) {
      assertThat(bench.raw("GET /../x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 400");
      assertThat(bench.raw("GET //x/y HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void anAddressThatIsTakenIsSaidSo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, Bench.loopback().getAddress())) {
      Opened opened =
          Gateway.start(
              GatewaySettings.of(
                  new HttpAddress("127.0.0.1", taken.getLocalPort()),
                  new Upstream.At(taken.getLocalSocketAddress())),
              line -> {});
      assertThat(opened)
          .isInstanceOfSatisfying(
              Opened.Refused.class,
              refused ->
                  assertThat(refused.reason())
                      .contains("127.0.0.1:" + taken.getLocalPort(), "already in use"));
    }
  }

  private interface Play {
    void on(ScriptedWorker self, Socket socket) throws IOException;
  }

  /** A worker whose script notes things in the worker itself. */
  private static ScriptedWorker worker(Play play) throws IOException {
    var self = new java.util.concurrent.CompletableFuture<ScriptedWorker>();
    ScriptedWorker worker = new ScriptedWorker(socket -> play.on(self.join(), socket));
    self.complete(worker);
    return worker;
  }

  private static void hello(Socket socket) {
    ScriptedWorker.send(socket, RecordType.STDOUT, "X: y\r\n\r\nhello");
    ScriptedWorker.end(socket, ProtocolStatus.REQUEST_COMPLETE);
  }

  private static void ask(Socket client) throws IOException {
    client
        .getOutputStream()
        .write("GET /x HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    client.getOutputStream().flush();
  }
}
