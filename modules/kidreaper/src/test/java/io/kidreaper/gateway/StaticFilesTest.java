package io.kidreaper.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StaticFilesTest {
  @TempDir Path directory;

  // Set before each test.
  @SuppressWarnings("NullAway.Init")
  private Bench bench;

  @BeforeEach
  void fill() throws IOException {
    Path site = Files.createDirectories(directory.resolve("site"));
    Files.writeString(directory.resolve("secret.txt"), "secret");
    Files.writeString(site.resolve("style.css"), "b{}");
    Files.writeString(site.resolve("größe.txt"), "gross");
    Files.writeString(site.resolve(".env"), "secret");
    Files.writeString(site.resolve("app.php"), "<?php secret");
    Files.createDirectories(site.resolve("docs"));
    Files.writeString(site.resolve("docs/index.html"), "<p>docs");
    Files.createDirectories(site.resolve("empty"));
    Files.createDirectories(site.resolve(".git"));
    Files.writeString(site.resolve(".git/config"), "secret");
    Files.createSymbolicLink(site.resolve("out.txt"), directory.resolve("secret.txt"));
    Files.createSymbolicLink(site.resolve("outside"), directory);
    Files.createSymbolicLink(site.resolve("alias.css"), site.resolve("style.css"));
    bench =
        Bench.before(
            (request, response) -> response.status(404).send("text/plain", "the application"),
            settings -> settings.withStatic(site));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/style.css, text/css; charset=utf-8, b{}",
    "/alias.css, text/css; charset=utf-8, b{}",
    "/gr%C3%B6%C3%9Fe.txt, text/plain; charset=utf-8, gross",
    "/docs/, text/html; charset=utf-8, <p>docs",
    "/docs/index.html, text/html; charset=utf-8, <p>docs",
    "/docs/../style.css, text/css; charset=utf-8, b{}",
  })
  void servesFiles(String path, String type, String body) throws Exception {
    String answer = bench.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(answer)
        .startsWith("HTTP/1.1 200")
        .contains("Content-type: " + type + "\r\n", "Content-length: " + body.length() + "\r\n")
        .endsWith("\r\n\r\n" + body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/out.txt",
        "/outside/secret.txt",
        "/.env",
        "/.git/config",
        "/app.php",
        "/none",
        "/empty/",
        "/empty",
        "/style.css/",
        "/docs%2f..%2fapp.php",
        "/%FF",
      })
  void leavesTheRestToTheApplication(String path) throws Exception {
    HttpResponse<String> answer = bench.get(path);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("the application");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/../secret.txt", "/%2e%2e/secret.txt", "/docs/..%2f..%2f..%2fsecret.txt"})
  void refusesWhatLeadsOut(String path) throws Exception {
    assertThat(bench.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .doesNotContain("secret\n");
  }

  @Test
  void sendsDirectoriesToTheirSlash() throws Exception {
    HttpResponse<String> answer = bench.get("/docs?a=b");
    assertThat(answer.statusCode()).isEqualTo(301);
    assertThat(answer.headers().firstValue("Location")).contains("./docs/?a=b");
  }

  @Test
  void saysWhetherTheClientsCopyIsStillGood() throws Exception {
    Path file = directory.resolve("site/style.css");
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-02T03:04:05.678Z")));
    HttpResponse<String> first = bench.get("/style.css");
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertThat(first.headers().firstValue("Last-Modified"))
        .contains("Fri, 02 Jan 2026 03:04:05 GMT");
    assertThat(bench.get("/style.css", "If-None-Match", "\"x\", W/" + tag).statusCode())
        .isEqualTo(304);
    assertThat(bench.get("/style.css", "If-None-Match", "\"x\"").statusCode()).isEqualTo(200);
    String date = "Fri, 02 Jan 2026 03:04:05 GMT";
    assertThat(bench.get("/style.css", "If-Modified-Since", date).statusCode()).isEqualTo(304);
    assertThat(
            bench
                .get("/style.css", "If-Modified-Since", "Fri, 02 Jan 2026 03:04:04 GMT")
                .statusCode())
        .isEqualTo(200);
    assertThat(
            bench
                .get("/style.css", "If-None-Match", "\"x\"", "If-Modified-Since", date)
                .statusCode())
        .as("the tag decides")
        .isEqualTo(200);
    Files.writeString(file, "c{}");
    assertThat(bench.get("/style.css", "If-None-Match", tag).body()).isEqualTo("c{}");
  }

  @Test
  void answersHeadAndLeavesOtherMethodsToTheApplication() throws Exception {
    assertThat(bench.raw("HEAD /style.css HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .contains("Content-length: 3\r\n")
        .endsWith("\r\n\r\n");
    HttpRequest post =
        HttpRequest.newBuilder(bench.uri("/style.css")).POST(BodyPublishers.noBody()).build();
    assertThat(bench.send(post).body()).isEqualTo("the application");
  }

  @Test
  void needsADirectory() {
    assertThat(
            Gateway.start(
                GatewaySettings.of(
                        new HttpAddress("127.0.0.1", 0), new Upstream.At(Bench.loopback()))
                    .withStatic(directory.resolve("secret.txt")),
                line -> {}))
        .isInstanceOf(Opened.Refused.class);
  }
}
