package io.kidreaper.fastcgi;

/** Answers requests. Called by many threads at once, each with a request of its own. */
@FunctionalInterface
public interface FastCgiHandler {
  /**
   * Answers one request. When it returns, the response is complete and its streams are closed. The
   * request and the response must not be used afterwards.
   *
   * <p>It runs on a virtual thread, which is interrupted if the web server aborts the request.
   *
   * @throws Exception for any reason; if nothing of the response has been sent yet, the web server
   *     gets status 500, else what was sent so far, with application status 1
   */
  void handle(FastCgiRequest request, FastCgiResponse response) throws Exception;
}
