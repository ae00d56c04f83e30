package io.kidreaper.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.TimeUnit;

/** What the tests with real web servers run: in the test itself, or as a program of its own. */
final class TestApplication {
  private TestApplication() {}

  /** Answers according to the query. */
  static void handle(FastCgiRequest request, FastCgiResponse response) throws Exception {
    String query = request.params().getOrDefault("QUERY_STRING", "");
    switch (query) {
      case "echo" -> response.send("application/octet-stream", request.stdin().readAllBytes());
      case "duplex" -> {
        response.header("Content-Type", "application/octet-stream");
        request.stdin().transferTo(response.stdout());
      }
      case "megabyte" -> response.send("application/octet-stream", new byte[1 << 20]);
      case "throw" -> throw new IllegalStateException("as asked");
      case "missing" -> response.status(404).send("text/plain", "no such thing");
      case "redirect" -> response.status(303).header("Location", "http://example.invalid/");
      case "stderr" -> {
        response.stderr().write("this is for the log\n".getBytes(UTF_8));
        response.send("text/plain", "logged");
      }
      case "slow" -> {
        response.stdout().write("begin,".getBytes(UTF_8));
        response.stdout().flush();
        TimeUnit.MILLISECONDS.sleep(700);
        response.stdout().write("end".getBytes(UTF_8));
      }
      default ->
          response.send(
              "text/plain; charset=utf-8",
              "hello %s %s"
                  .formatted(
                      request.params().getOrDefault("REQUEST_METHOD", "?"),
                      request.params().getOrDefault("HTTP_X_TEST", "?")));
    }
  }

  /** Serves the inherited socket until it is signalled or has had as many requests as are given. */
  public static void main(String[] args) throws Exception {
    FastCgiServer server =
        FastCgiServer.builder()
            .listenInherited()
            .responder(TestApplication::handle)
            .maxRequests(args.length == 0 ? Long.MAX_VALUE : Long.parseLong(args[0]))
            .start()
            .finishOnSignals();
    System.err.println("serving " + server.address());
    server.join();
    System.err.println("finished after " + server.requestsBegun());
  }
}
