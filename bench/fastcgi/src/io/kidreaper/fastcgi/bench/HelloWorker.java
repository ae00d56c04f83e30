package io.kidreaper.fastcgi.bench;

import io.kidreaper.fastcgi.FastCgiServer;
import java.nio.file.Path;

/** The responder of the comparison: answers by the query, on the unix socket that it is given. */
public final class HelloWorker {
  private HelloWorker() {}

  public static void main(String[] args) throws Exception {
    byte[] kilobyte = "x".repeat(1 << 10).getBytes();
    byte[] megabyte = "x".repeat(1 << 20).getBytes();
    FastCgiServer server =
        FastCgiServer.builder()
            .listenUnix(Path.of(args[0]))
            .responder(
                (request, response) -> {
                  switch (request.params().getOrDefault("QUERY_STRING", "")) {
                    case "1KB" -> response.send("text/plain", kilobyte);
                    case "1MB" -> response.send("text/plain", megabyte);
                    default -> response.send("text/plain", "hello");
                  }
                })
            .start()
            .finishOnSignals();
    server.join();
  }
}
