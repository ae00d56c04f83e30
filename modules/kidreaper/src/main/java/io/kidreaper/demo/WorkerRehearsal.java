package io.kidreaper.demo;

import io.kidreaper.fastcgi.CgiResponse;
import io.kidreaper.fastcgi.FastCgiCall;
import io.kidreaper.fastcgi.FastCgiClient;
import io.kidreaper.fastcgi.FastCgiReply;
import io.kidreaper.fastcgi.FastCgiServer;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Does what a worker does, for the JVM that writes down what a worker's start-up cache needs. */
public final class WorkerRehearsal {
  private static final int ROUNDS = 50;
  private static final int SHARED_BYTES = 64 * 1_024;

  private WorkerRehearsal() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("kidreaper-demo");
    Path socket = folder.resolve("s");
    Path shared = folder.resolve("shared");
    SharedMemory.create(shared, SHARED_BYTES);
    try (FastCgiServer server =
            DemoWorker.serve(FastCgiServer.builder().listenUnix(socket), SharedMemory.map(shared));
        FastCgiClient client = FastCgiClient.builder(UnixDomainSocketAddress.of(socket)).build()) {
      server.finishOnSignals();
      for (int round = 0; round < ROUNDS; round++) {
        for (String uri :
            List.of("/?bytes=5000&seed=7", "/leak?kb=16", "/unshare?kb=8", "/slow?ms=1", "/none")) {
          ask(client, uri);
        }
      }
      server.finish();
      server.join();
    } finally {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(shared);
      Files.deleteIfExists(folder);
    }
  }

  private static void ask(FastCgiClient client, String uri) throws IOException {
    FastCgiCall call =
        FastCgiCall.of(
            Map.of(
                "REQUEST_METHOD",
                "GET",
                "REQUEST_URI",
                uri,
                "QUERY_STRING",
                uri.substring(uri.indexOf('?') + 1)));
    try (FastCgiReply reply = client.send(call)) {
      byte[] _ = CgiResponse.read(reply.stdout()).body().readAllBytes();
    }
  }
}
