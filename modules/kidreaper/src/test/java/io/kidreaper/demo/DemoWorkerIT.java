package io.kidreaper.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.fastcgi.CgiResponse;
import io.kidreaper.fastcgi.FastCgiCall;
import io.kidreaper.fastcgi.FastCgiClient;
import io.kidreaper.fastcgi.FastCgiReply;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.PrivateMemory;
import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Site;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demo's worker as a process of its own: what it answers, and how it grows. */
@Timeout(120)
class DemoWorkerIT {
  private static final int SHARED_BYTES = 16 << 20;
  private static final long SLACK_BYTES = 3 << 20;

  @Test
  void growsAsItIsAskedAndAnswersTheSameBytesAlways() throws Exception {
    try (Site site = Site.open("demo")) {
      Path shared = site.dir().path("shared");
      SharedMemory.create(shared, SHARED_BYTES);
      Session one = start(site, "one", shared);
      Session two = start(site, "two", shared);
      try (FastCgiClient client = client(site, "one");
          FastCgiClient other = client(site, "two")) {
        assertThat(get(client, "/")).isEqualTo("200 " + new String(Body.of(512, 0), UTF_8));
        assertThat(get(client, "/?bytes=100000&seed=7"))
            .isEqualTo("200 " + new String(Body.of(100_000, 7), UTF_8));
        assertThat(get(other, "/slow?ms=20")).isEqualTo("200 slept 20\n");
        assertThat(get(client, "/none")).startsWith("404 ");
        assertThat(get(client, "/leak?kb=-1")).startsWith("400 ");
        assertThat(get(client, "/bloat?kb=100")).isEqualTo("200 bloated 100\n");

        long before = privateBytes(one);
        assertThat(get(client, "/leak?kb=20480")).isEqualTo("200 leaked 20480\n");
        long leaked = privateBytes(one);
        assertThat(leaked - before).isBetween((20L << 20) - SLACK_BYTES, (20L << 20) + SLACK_BYTES);

        assertThat(get(client, "/unshare?kb=8192")).isEqualTo("200 unshared 8192\n");
        long unshared = privateBytes(one);
        assertThat(unshared - leaked).isBetween((8L << 20) - SLACK_BYTES, (8L << 20) + SLACK_BYTES);
        assertThat(get(client, "/unshare?kb=16384")).isEqualTo("200 unshared 8192\n");
        assertThat(get(client, "/size"))
            .contains(
                "\"pid\":" + one.pid() + ",\"leakedBytes\":20971520,\"unsharedBytes\":16777216");
        assertThat(get(other, "/size")).contains("\"pid\":" + two.pid() + ",\"leakedBytes\":0");
      }
    }
  }

  private static Session start(Site site, String name, Path shared) {
    List<Object> words = new ArrayList<>(List.of("spawn-fcgi", "-n", "-s", site.dir().path(name)));
    words.addAll(List.of("--", Path.of(System.getProperty("java.home"), "bin", "java")));
    words.addAll(DemoJvm.OPTIONS);
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.addAll(List.of(DemoWorker.class.getName(), shared));
    Session session = site.run(name, Command.of(words.toArray()));
    Awaitility.await()
        .failFast("it ended", () -> !session.isAlive())
        .ignoreExceptions()
        .until(() -> get(client(site, name), "/").startsWith("200"));
    return session;
  }

  private static long privateBytes(Session worker) {
    return PrivateMemory.dirtyKilobytes(worker.pid()) * 1_024;
  }

  private static FastCgiClient client(Site site, String name) {
    return FastCgiClient.builder(UnixDomainSocketAddress.of(site.dir().path(name))).build();
  }

  private static String get(FastCgiClient client, String uri) throws IOException {
    int mark = uri.indexOf('?');
    FastCgiCall call =
        FastCgiCall.of(
            Map.of(
                "REQUEST_METHOD",
                "GET",
                "REQUEST_URI",
                uri,
                "QUERY_STRING",
                mark < 0 ? "" : uri.substring(mark + 1)));
    try (FastCgiReply reply = client.send(call)) {
      CgiResponse response = CgiResponse.read(reply.stdout());
      return response.status() + " " + new String(response.body().readAllBytes(), UTF_8);
    }
  }
}
