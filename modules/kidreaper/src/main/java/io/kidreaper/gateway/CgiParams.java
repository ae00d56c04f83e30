package io.kidreaper.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.kidreaper.fastcgi.Params;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The CGI variables of a request (RFC 3875, section 4.1), and those that nginx sends beside them.
 *
 * <p>The application has the whole address space: SCRIPT_NAME is empty and PATH_INFO the path, but
 * where the path begins with the name of the one script that was set.
 */
record CgiParams(Path documentRoot, Optional<Path> script, String software) {
  /**
   * @param method GET and the like
   * @param protocol HTTP/1.1 or HTTP/1.0
   * @param headers their names in any case; values as ISO 8859-1, a byte a character
   * @param bodyBytes the body's length, or empty if there is none
   */
  record Received(
      String method,
      String protocol,
      Target target,
      Map<String, List<String>> headers,
      InetSocketAddress server,
      InetSocketAddress client,
      Optional<Long> bodyBytes) {}

  Params of(Received received) {
    Map<String, byte[]> pairs = new LinkedHashMap<>();
    headers(received.headers(), pairs);
    Target target = received.target();
    put(pairs, "GATEWAY_INTERFACE", "CGI/1.1");
    put(pairs, "SERVER_SOFTWARE", software);
    put(pairs, "SERVER_PROTOCOL", received.protocol());
    put(pairs, "SERVER_NAME", serverName(received));
    put(pairs, "SERVER_PORT", "" + received.server().getPort());
    put(pairs, "SERVER_ADDR", received.server().getAddress().getHostAddress());
    put(pairs, "REMOTE_ADDR", received.client().getAddress().getHostAddress());
    put(pairs, "REMOTE_PORT", "" + received.client().getPort());
    put(pairs, "REQUEST_SCHEME", "http");
    put(pairs, "REQUEST_METHOD", received.method());
    put(pairs, "REQUEST_URI", target.uri());
    put(pairs, "QUERY_STRING", target.query().orElse(""));
    received.bodyBytes().ifPresent(length -> put(pairs, "CONTENT_LENGTH", "" + length));
    path(target, pairs);
    // php-cgi serves nobody without it: it takes it for proof that a web server has called.
    put(pairs, "REDIRECT_STATUS", "200");
    return Params.ofRaw(pairs);
  }

  private void path(Target target, Map<String, byte[]> pairs) {
    String name = script.map(file -> "/" + latin(file.getFileName().toString())).orElse("");
    boolean named =
        !name.isEmpty() && (target.path().equals(name) || target.path().startsWith(name + "/"));
    String root = latin(documentRoot.toString());
    String file = script.map(one -> latin(one.toString())).orElse(root + target.path());
    put(pairs, "DOCUMENT_ROOT", root);
    put(pairs, "DOCUMENT_URI", target.path());
    put(pairs, "SCRIPT_FILENAME", file);
    put(pairs, "SCRIPT_NAME", named ? name : "");
    put(pairs, "PATH_INFO", named ? target.path().substring(name.length()) : target.path());
  }

  private static void headers(Map<String, List<String>> headers, Map<String, byte[]> pairs) {
    headers.forEach((name, values) -> {
      String upper = name.toUpperCase(Locale.ROOT);
      // A name with an underscore would come out as that of another header; nginx drops it, too.
      if (!upper.matches("[A-Z0-9-]+")) {
        return;
      }
      switch (upper) {
        // HTTP_PROXY is where many programs look for a proxy to use ("httpoxy"); of the others
        // the body that is sent on has a length of its own.
        case "PROXY", "CONTENT-LENGTH", "TRANSFER-ENCODING" -> {}
        case "CONTENT-TYPE" -> put(pairs, "CONTENT_TYPE", values.getFirst());
        case "COOKIE" -> put(pairs, "HTTP_COOKIE", String.join("; ", values));
        default -> put(pairs, "HTTP_" + upper.replace('-', '_'), String.join(", ", values));
      }
    });
  }

  /** The host that the client meant, if it is one; it may have said anything. */
  private static String serverName(Received received) {
    String host =
        received.headers().entrySet().stream()
            .filter(header -> header.getKey().equalsIgnoreCase("Host"))
            .map(header -> header.getValue().getFirst())
            .findFirst()
            .orElse("");
    String name = host.replaceFirst(":[0-9]*$", "");
    return name.matches("[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]")
        ? name
        : received.server().getAddress().getHostAddress();
  }

  private static void put(Map<String, byte[]> pairs, String name, String value) {
    pairs.put(name, value.getBytes(ISO_8859_1));
  }

  /** A text as the characters that stand for its bytes in UTF-8. */
  private static String latin(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }
}
