package io.kidreaper.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.fastcgi.Params;
import io.kidreaper.gateway.CgiParams.Received;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** RFC 3875, section 4.1. */
class CgiParamsTest {
  private static final CgiParams PLAIN =
      new CgiParams(Path.of("/srv/größe"), Optional.empty(), "kidreaper/1");
  private static final CgiParams SCRIPT =
      new CgiParams(Path.of("/srv"), Optional.of(Path.of("/srv/app/index.php")), "kidreaper/1");

  @Test
  void namesEverythingOfARequest() {
    Params params =
        PLAIN.of(received("POST", "/a%20b/c?q=%20", Map.of("Host", List.of("example:8080")), 12L));
    assertThat(params.asMap())
        .containsEntry("GATEWAY_INTERFACE", "CGI/1.1")
        .containsEntry("SERVER_SOFTWARE", "kidreaper/1")
        .containsEntry("SERVER_PROTOCOL", "HTTP/1.1")
        .containsEntry("SERVER_NAME", "example")
        .containsEntry("SERVER_PORT", "80")
        .containsEntry("SERVER_ADDR", "127.0.0.1")
        .containsEntry("REMOTE_ADDR", "127.0.0.2")
        .containsEntry("REMOTE_PORT", "4711")
        .containsEntry("REQUEST_METHOD", "POST")
        .containsEntry("REQUEST_SCHEME", "http")
        .containsEntry("REQUEST_URI", "/a%20b/c?q=%20")
        .containsEntry("QUERY_STRING", "q=%20")
        .containsEntry("CONTENT_LENGTH", "12")
        .containsEntry("DOCUMENT_ROOT", "/srv/größe")
        .containsEntry("SCRIPT_FILENAME", "/srv/größe/a b/c")
        .containsEntry("SCRIPT_NAME", "")
        .containsEntry("PATH_INFO", "/a b/c")
        .containsEntry("REDIRECT_STATUS", "200")
        .containsEntry("HTTP_HOST", "example:8080");
  }

  @Test
  void hasNoContentLengthWithoutBody() {
    Params params = PLAIN.of(received("GET", "/", Map.of(), null));
    assertThat(params.get("CONTENT_LENGTH")).isNull();
    assertThat(params.get("QUERY_STRING")).isEmpty();
    assertThat(params.get("SERVER_NAME")).isEqualTo("127.0.0.1");
  }

  @Test
  void passesHeadersOnButForThoseThatDoHarm() {
    Params params =
        PLAIN.of(
            received(
                "GET",
                "/",
                Map.of(
                    "X-twice", List.of("a", "b"),
                    "Cookie", List.of("a=1", "b=2"),
                    "Content-type", List.of("text/plain"),
                    "Proxy", List.of("http://evil.example"),
                    "X_under", List.of("x"),
                    "Transfer-encoding", List.of("chunked"),
                    "Content-length", List.of("7"),
                    "Host", List.of("a b<script>"),
                    "X-latin", List.of("\u00e9\u00ff")),
                null));
    assertThat(params.get("HTTP_X_TWICE")).isEqualTo("a, b");
    assertThat(params.get("HTTP_COOKIE")).isEqualTo("a=1; b=2");
    assertThat(params.get("CONTENT_TYPE")).isEqualTo("text/plain");
    assertThat(params.raw("HTTP_X_LATIN")).containsExactly(0xe9, 0xff);
    assertThat(params.get("SERVER_NAME")).as("no host name").isEqualTo("127.0.0.1");
    assertThat(params.asMap())
        .doesNotContainKeys(
            "HTTP_PROXY",
            "HTTP_X_UNDER",
            "HTTP_TRANSFER_ENCODING",
            "HTTP_CONTENT_LENGTH",
            "HTTP_CONTENT_TYPE");
  }

  @Test
  void givesEveryPathToTheOneScript() {
    Params params = SCRIPT.of(received("GET", "/blog/1", Map.of(), null));
    assertThat(params.get("SCRIPT_FILENAME")).isEqualTo("/srv/app/index.php");
    assertThat(params.get("SCRIPT_NAME")).isEmpty();
    assertThat(params.get("PATH_INFO")).isEqualTo("/blog/1");
    Params named = SCRIPT.of(received("GET", "/index.php/blog/1", Map.of(), null));
    assertThat(named.get("SCRIPT_NAME")).isEqualTo("/index.php");
    assertThat(named.get("PATH_INFO")).isEqualTo("/blog/1");
    Params other = SCRIPT.of(received("GET", "/index.phpx", Map.of(), null));
    assertThat(other.get("SCRIPT_NAME")).isEmpty();
  }

  private static Received received(
      String method,
      String target,
      Map<String, List<String>> headers,
      @org.jspecify.annotations.Nullable Long bodyBytes) {
    return new Received(
        method,
        "HTTP/1.1",
        Target.of(target).orElseThrow(),
        headers,
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 80),
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 4711),
        Optional.ofNullable(bodyBytes));
  }
}
