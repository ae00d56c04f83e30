package io.kidreaper.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.fastcgi.FastCgiRequest;
import io.kidreaper.fastcgi.FastCgiResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an application's developer sees through the gateway when all goes well. */
@Timeout(60)
class GatewayTest {
  private static void show(FastCgiRequest request, FastCgiResponse response) throws IOException {
    StringBuilder out = new StringBuilder();
    request.params().forEach((name, value) -> out.append(name + "=" + value + "\n"));
    response.send("text/plain; charset=utf-8", out.toString());
  }

  private static void sum(FastCgiRequest request, FastCgiResponse response) throws IOException {
    CRC32 crc = new CRC32();
    byte[] body = request.stdin().readAllBytes();
    crc.update(body);
    response.send(
        "text/plain",
        request.params().get("CONTENT_LENGTH") + " " + body.length + " " + crc.getValue());
  }

  @Test
  void passesARequestOn() throws Exception {
    try (Bench bench = Bench.before(GatewayTest::show)) {
      HttpResponse<String> answer =
          bench.get("/a%20b?c=d", "X-Test", "größe".transform(Bench::latin), "X-Test", "2");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
      assertThat(answer.body().lines())
          .contains(
              "REQUEST_METHOD=GET",
              "PATH_INFO=/a b",
              "QUERY_STRING=c=d",
              "REMOTE_ADDR=127.0.0.1",
              "SERVER_NAME=127.0.0.1",
              "SERVER_PORT=" + bench.gateway().address().getPort(),
              "DOCUMENT_ROOT=" + Path.of("").toAbsolutePath());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16_384, 16_385, 65_536, 65_537, 900_000})
  void passesBodiesOnWithAndWithoutLength(int size) throws Exception {
    byte[] body = new byte[size];
    new Random(size).nextBytes(body);
    CRC32 crc = new CRC32();
    crc.update(body);
    try (Bench bench = Bench.before(GatewayTest::sum)) {
      String expected = size + " " + size + " " + crc.getValue();
      HttpRequest.Builder request = HttpRequest.newBuilder(bench.uri("/"));
      assertThat(bench.send(request.POST(BodyPublishers.ofByteArray(body)).build()).body())
          .isEqualTo(expected);
      if (size > 0) {
        HttpRequest chunked =
            request
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                .build();
        assertThat(bench.send(chunked).body()).isEqualTo(expected);
      }
    }
  }

  @Test
  void refusesABodyThatIsTooLarge() throws Exception {
    try (Bench bench = Bench.before(GatewayTest::sum)) {
      byte[] body = new byte[(1 << 20) + 1];
      HttpRequest.Builder request = HttpRequest.newBuilder(bench.uri("/"));
      assertThat(bench.send(request.POST(BodyPublishers.ofByteArray(body)).build()).statusCode())
          .isEqualTo(413);
      HttpRequest chunked =
          request.POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))).build();
      assertThat(bench.send(chunked).statusCode()).isEqualTo(413);
    }
  }

  @Test
  void passesStatusAndHeadersBack() throws Exception {
    try (Bench bench =
        Bench.before((request, response) -> {
          if ("/moved".equals(request.param("PATH_INFO"))) {
            response.status(302).header("Location", "/elsewhere").send("text/plain", "");
          } else {
            response
                .status(418)
                .header("Set-Cookie", "a=1")
                .header("Set-Cookie", "b=2")
                .header("X-Text", "größe")
                .header("Connection", "upgrade")
                .header("Transfer-Encoding", "identity")
                .header("Content-Length", "6")
                .send("text/plain", "teapot");
          }
        })) {
      HttpResponse<String> answer = bench.get("/");
      assertThat(answer.statusCode()).isEqualTo(418);
      assertThat(answer.body()).isEqualTo("teapot");
      assertThat(answer.headers().allValues("Set-Cookie")).containsExactly("a=1", "b=2");
      assertThat(answer.headers().firstValue("Content-Length")).contains("6");
      assertThat(answer.headers().firstValue("Transfer-Encoding")).isEmpty();
      assertThat(bench.raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .contains("X-text: " + Bench.latin("größe"));
      HttpResponse<String> moved = bench.get("/moved");
      assertThat(moved.statusCode()).isEqualTo(302);
      assertThat(moved.headers().firstValue("Location")).contains("/elsewhere");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/with-length"})
  void answersHeadWithoutBody(String path) throws Exception {
    try (Bench bench =
        Bench.before((request, response) -> {
          if ("/with-length".equals(request.param("PATH_INFO"))) {
            response.header("Content-Length", "5");
          }
          response.send("text/plain", request.param("REQUEST_METHOD") + "!");
        })) {
      String answer =
          bench.raw("HEAD " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
      assertThat(answer.contains("Content-length: 5")).isEqualTo(path.equals("/with-length"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void sendsNoBodyWithAStatusThatHasNone(int status) throws Exception {
    try (Bench bench =
        Bench.before(
            (request, response) -> response.status(status).header("ETag", "\"1\"").stdout())) {
      HttpResponse<String> answer = bench.get("/");
      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.body()).isEmpty();
      assertThat(answer.headers().firstValue("ETag")).contains("\"1\"");
    }
  }

  @Test
  void handsEachPieceOnAsItComes() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    try (Bench bench =
        Bench.before((request, response) -> {
          response.stdout().write("first,".getBytes(UTF_8));
          response.stdout().flush();
          // Only if the first piece has arrived does the second follow.
          String end = seen.await(10, TimeUnit.SECONDS) ? "second" : "nobody saw the first";
          response.stdout().write(end.getBytes(UTF_8));
        })) {
      HttpResponse<InputStream> answer =
          bench
              .client()
              .send(HttpRequest.newBuilder(bench.uri("/")).build(), BodyHandlers.ofInputStream());
      assertThat(answer.body().readNBytes(6)).asString(UTF_8).isEqualTo("first,");
      seen.countDown();
      assertThat(answer.body().readAllBytes()).asString(UTF_8).isEqualTo("second");
    }
  }

  @Test
  void servesHttp10WithALengthSoThatTheEndIsKnown() throws Exception {
    try (Bench bench =
        Bench.before((request, response) -> response.send("text/plain", "x".repeat(100_000)))) {
      assertThat(bench.raw("GET / HTTP/1.0\r\n\r\n"))
          .contains("Content-length: 100000\r\n")
          .endsWith("x".repeat(100_000))
          .doesNotContain("Transfer-encoding");
    }
  }

  @Test
  void tellsWhatTheApplicationWritesToItsStandardError() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    try (Bench bench =
        Bench.before((request, response) -> {
          response.stderr().write("first line\nsecond ".getBytes(UTF_8));
          response.stderr().flush();
          response.stdout().write("x".getBytes(UTF_8));
          response.stdout().flush();
          if ("/wait".equals(request.param("PATH_INFO"))) {
            told.await(10, TimeUnit.SECONDS);
          }
          response.stderr().write("line".getBytes(UTF_8));
        })) {
      var answer =
          bench
              .client()
              .sendAsync(
                  HttpRequest.newBuilder(bench.uri("/wait")).build(), BodyHandlers.ofString());
      Awaitility.await().until(() -> bench.log.contains("GET /wait: first line"));
      assertThat(bench.log).doesNotContain("GET /wait: second line");
      told.countDown();
      assertThat(answer.get().body()).isEqualTo("x");
      Awaitility.await().until(() -> bench.log.contains("GET /wait: second line"));
    }
  }

  @Test
  void servesAsManyAtOnceAsItMayAndLetsTheOthersWait() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    java.util.concurrent.atomic.AtomicInteger most =
        new java.util.concurrent.atomic.AtomicInteger();
    java.util.concurrent.atomic.AtomicInteger now = new java.util.concurrent.atomic.AtomicInteger();
    try (Bench bench =
        Bench.before(
            (request, response) -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              go.await(10, TimeUnit.SECONDS);
              now.decrementAndGet();
              response.send("text/plain", "x");
            },
            settings -> settings.within(new GatewayLimits(3, 1, 2_000, 20_000, 2_000, 2_000)))) {
      var answers =
          java.util.stream.IntStream.range(0, 12)
              .mapToObj(i ->
                  bench
                      .client()
                      .sendAsync(
                          HttpRequest.newBuilder(bench.uri("/" + i)).build(),
                          BodyHandlers.ofString()))
              .toList();
      Awaitility.await().until(() -> now.get() == 3);
      go.countDown();
      for (var answer : answers) {
        assertThat(answer.get().body()).isEqualTo("x");
      }
      assertThat(most).hasValue(3);
    }
  }

  @Test
  void finishesRunningAnswersWhenItIsClosed() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    try (Bench bench =
        Bench.before((request, response) -> {
          begun.countDown();
          go.await(10, TimeUnit.SECONDS);
          response.send("text/plain", "whole");
        })) {
      var answer =
          bench
              .client()
              .sendAsync(HttpRequest.newBuilder(bench.uri("/")).build(), BodyHandlers.ofString());
      begun.await();
      Thread closing = Thread.ofVirtual().start(bench.gateway()::close);
      Awaitility.await()
          .until(() -> {
            try {
              bench.connect().close();
              return false;
            } catch (IOException refused) {
              return true;
            }
          });
      go.countDown();
      assertThat(answer.get().body()).isEqualTo("whole");
      assertThat(closing.join(java.time.Duration.ofSeconds(10))).isTrue();
    }
  }
}
