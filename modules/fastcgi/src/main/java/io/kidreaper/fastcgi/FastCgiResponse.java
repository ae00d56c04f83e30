package io.kidreaper.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A response as a handler makes it. The status and the headers go out before the first byte of the
 * body; after that they can no longer be set. Not safe for use by several threads at once, but for
 * {@link #stderr}.
 */
public interface FastCgiResponse {
  /**
   * Sets the HTTP status, 100 to 599; 200 unless set. An authorizer allows the request with 200.
   *
   * @throws IllegalStateException if the headers are already on their way
   */
  FastCgiResponse status(int status);

  /**
   * Adds a header. An authorizer's {@code Variable-NAME} becomes a parameter of the request (6.3).
   *
   * @throws IllegalArgumentException if the name is no HTTP token or the value has a line break
   * @throws IllegalStateException if the headers are already on their way
   */
  FastCgiResponse header(String name, String value);

  /**
   * The body. Buffered: {@link OutputStream#flush} sends what is there. Writing waits while the web
   * server takes nothing, and throws {@link RequestAbortedException} once it wants nothing more.
   */
  OutputStream stdout();

  /** The web server's error log. Buffered up to the response's end, a flush, or 4 KiB. */
  OutputStream stderr();

  /**
   * Sets the application status of END_REQUEST (5.5): what a CGI program would exit with; 0 unless
   * set.
   */
  FastCgiResponse appStatus(int appStatus);

  /**
   * Whether some of the response has been sent, so that it can no longer be replaced by another.
   */
  boolean isCommitted();

  /** Sends a whole body of this type. */
  default void send(String contentType, byte[] body) throws IOException {
    header("Content-Type", contentType);
    stdout().write(body);
  }

  /** Sends a whole body of this type, as UTF-8. */
  default void send(String contentType, String body) throws IOException {
    send(contentType, body.getBytes(UTF_8));
  }
}
