package io.kidreaper.fastcgi;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request that a client sends.
 *
 * @param role the role that the application is to play
 * @param params CGI's environment variables; PHP needs at least REQUEST_METHOD and SCRIPT_FILENAME,
 *     and CONTENT_LENGTH if there is a body
 * @param stdin the body (5.3), read to its end by a thread of the client, and closed by it
 * @param data the file for a filter (6.4), or null for the other roles
 * @param repeatable whether it may be sent a second time if a kept-alive connection turns out to
 *     have been closed before anything of an answer came: the application may have seen the first.
 *     Only a call with a small body from an array is
 */
public record FastCgiCall(
    Role role, Params params, InputStream stdin, @Nullable InputStream data, boolean repeatable) {
  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  /** A call of a responder without body. Repeatable if its REQUEST_METHOD is a safe one. */
  public static FastCgiCall of(Map<String, String> params) {
    return new FastCgiCall(
        Role.RESPONDER,
        Params.of(params),
        new ByteArrayInputStream(new byte[0]),
        null,
        SAFE_METHODS.contains(params.getOrDefault("REQUEST_METHOD", "")));
  }

  /** The same call with this body, not repeatable. */
  public FastCgiCall withBody(byte[] body) {
    return withBody(new ByteArrayInputStream(body));
  }

  /** The same call with this body, not repeatable; it is sent as it is read. */
  public FastCgiCall withBody(InputStream body) {
    return new FastCgiCall(role, params, body, data, false);
  }
}
