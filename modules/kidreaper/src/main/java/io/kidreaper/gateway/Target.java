package io.kidreaper.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a request asks for. Texts that came over the wire are held as ISO 8859-1, a byte a
 * character, as the JDK's server reads them.
 *
 * @param raw the path as sent
 * @param path the path decoded, without dot segments; begins with a slash
 * @param query what follows the question mark, as sent, or empty
 */
record Target(String raw, String path, Optional<String> query) {
  /**
   * Takes a request line's target apart: a path, or a whole URL as a proxy sends it. It is not read
   * as a URI, in which {@code //a/b} would be the path {@code /b} of a host.
   *
   * @return empty if it has a NUL, a broken escape, or leads out above the root
   */
  static Optional<Target> of(String requestTarget) {
    String text = requestTarget.replaceFirst("(?i)^https?://[^/?#]*", "").replaceFirst("#.*", "");
    int mark = text.indexOf('?');
    Optional<String> query = mark < 0 ? Optional.empty() : Optional.of(text.substring(mark + 1));
    String sent = mark < 0 ? text : text.substring(0, mark);
    String raw = sent.isEmpty() ? "/" : sent;
    return decode(raw).flatMap(Target::withoutDots).map(path -> new Target(raw, path, query));
  }

  /** The path as sent, and the query. */
  String uri() {
    return raw + query.map(text -> "?" + text).orElse("");
  }

  /** The decoded path as text, for file names; invalid UTF-8 becomes U+FFFD, which no file has. */
  String pathText() {
    return new String(path.getBytes(ISO_8859_1), UTF_8);
  }

  private static Optional<String> decode(String raw) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '%') {
        out.write(c);
        continue;
      }
      int high = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
      int low = i + 2 < raw.length() ? Character.digit(raw.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0 || high + low == 0) {
        return Optional.empty();
      }
      out.write(high << 4 | low);
      i += 2;
    }
    return Optional.of(out.toString(ISO_8859_1));
  }

  /** RFC 3986, section 5.2.4, but for what leads above the root, which is refused. */
  private static Optional<String> withoutDots(String path) {
    if (!path.startsWith("/")) {
      return Optional.empty();
    }
    List<String> kept = new ArrayList<>();
    String[] segments = path.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      boolean last = i == segments.length - 1;
      switch (segments[i]) {
        case "." -> {
          if (last) {
            kept.add("");
          }
        }
        case ".." -> {
          if (kept.isEmpty()) {
            return Optional.empty();
          }
          kept.removeLast();
          if (last) {
            kept.add("");
          }
        }
        default -> kept.add(segments[i]);
      }
    }
    return Optional.of("/" + String.join("/", kept));
  }
}
