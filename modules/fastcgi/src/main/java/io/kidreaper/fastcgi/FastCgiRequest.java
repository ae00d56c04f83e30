package io.kidreaper.fastcgi;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A request as a handler sees it. */
public interface FastCgiRequest {
  /** The role in which the request is to be handled. */
  Role role();

  /** The parameters: CGI's environment variables. */
  Params params();

  /** The value of one parameter as UTF-8, such as REQUEST_URI, or null if there is none. */
  default @Nullable String param(String name) {
    return params().get(name);
  }

  /**
   * The request's body (5.3), as it comes: reading waits for the web server. An authorizer's is
   * empty. It need not be read to its end.
   *
   * <p>Reading throws {@link RequestAbortedException} when the request was aborted, and when the
   * connection ended or was too slow before the body was complete, so a cut body never looks whole.
   */
  InputStream stdin();

  /**
   * The file that a filter is to change (6.4); empty for the other roles. Read as {@link #stdin}.
   */
  InputStream data();

  /** Whether the web server gave the request up, so that no answer is wanted any more. */
  boolean isAborted();
}
