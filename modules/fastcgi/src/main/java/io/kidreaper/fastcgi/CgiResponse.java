package io.kidreaper.fastcgi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A CGI response (RFC 3875, section 6) taken apart.
 *
 * @param status what {@code Status:} says, else 302 if there is a {@code Location:}, else 200
 * @param headers the values of each header but Status, in their order; names in any case
 * @param body what follows the headers, not read yet
 */
public record CgiResponse(int status, Map<String, List<String>> headers, InputStream body) {
  /** The most that all headers may take, in bytes. */
  public static final int MAX_HEADER_BYTES = 256 * 1_024;

  /**
   * Reads up to the empty line behind the headers. Lines may end with or without a carriage return.
   *
   * @throws FastCgiProtocolException if there are no headers, or a line is none, or they are larger
   *     than {@link #MAX_HEADER_BYTES}
   */
  public static CgiResponse read(InputStream stdout) throws IOException {
    InputStream in = new java.io.BufferedInputStream(stdout);
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    int total = 0;
    while (true) {
      String line = line(in, MAX_HEADER_BYTES - total);
      total += line.length() + 1;
      if (line.isEmpty()) {
        break;
      }
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new FastCgiProtocolException("not a CGI header: '" + line + "'");
      }
      headers
          .computeIfAbsent(line.substring(0, colon).strip(), name -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    List<String> status = headers.remove("Status");
    int code =
        status != null ? code(status.getFirst()) : headers.containsKey("Location") ? 302 : 200;
    return new CgiResponse(code, Collections.unmodifiableMap(headers), in);
  }

  private static int code(String status) throws FastCgiProtocolException {
    if (!status.matches("[1-5][0-9][0-9]([ \t].*)?")) {
      throw new FastCgiProtocolException("not a CGI status: '" + status + "'");
    }
    return Integer.parseInt(status, 0, 3, 10);
  }

  private static String line(InputStream in, int maxBytes) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new FastCgiProtocolException("the answer ended within its CGI headers");
      }
      if (line.size() >= maxBytes) {
        throw new FastCgiProtocolException(
            "CGI headers larger than " + MAX_HEADER_BYTES + " bytes");
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}
