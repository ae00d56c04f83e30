package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.server.Managed;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code kidreaper explain} asks the kidreaper that keeps a pool what a worker was at first. */
class ManagedExplainIT {
  private static final long KB = 1024;

  @Test
  void saysWhatAWorkerGrewBySinceItBegan() {
    try (ManagedSite site = ManagedSite.open(Managed.bareFcgi(), 1)) {
      Path state = Managed.state(site.site().dir());
      int worker = site.workerPids().getFirst();
      until(site.site(), () -> explained(worker, state).has("sinceFirstLook"));
      JsonNode before = explained(worker, state).path("sinceFirstLook");

      Load.on(site.nginx().address())
          .of(Mix.only(new Route.Leak(400)))
          .connections(1)
          .within(Limits.usual().requests(50))
          .run();
      JsonNode explanation = explained(worker, state);
      JsonNode since = explanation.path("sinceFirstLook");

      assertThat(since.path("pool").asString()).isEqualTo("fcgi.pm");
      assertThat(since.path("millis").asLong()).isGreaterThan(before.path("millis").asLong());
      // Its first requests took memory that later ones found free.
      assertThat(since.path("privateBytes").asLong())
          .as(since.toString())
          .isCloseTo(50 * 400 * KB, within(4_000 * KB))
          .isGreaterThan(before.path("privateBytes").asLong());
      JsonNode main = since.path("causes").get(0);
      assertThat(main.path("cause").asString()).isEqualTo("allocation");
      assertThat(main.path("sharePercent").asInt()).isGreaterThanOrEqualTo(90);
      assertThat(explanation.has("growth")).as("it was not watched").isFalse();

      Run text = explain(worker, "--state", state);
      assertThat(text.out()).contains("Since the kidreaper of pool fcgi.pm first looked at it, ");
      // Somewhere else there is nobody to ask, and that is no fault.
      Run alone = explain(worker, "--state", site.site().dir().directory("nobody"));
      assertThat(alone.status()).as(alone.toString()).isZero();
      assertThat(alone.out()).doesNotContain("Since the kidreaper");
    }
  }

  private static JsonNode explained(int worker, Path state) {
    return explain(worker, "--json", "--state", state).json();
  }

  private static Run explain(int worker, Object... flags) {
    Object[] words = new Object[flags.length + 2];
    words[0] = "explain";
    words[1] = worker;
    System.arraycopy(flags, 0, words, 2, flags.length);
    return Kidreaper.run(words);
  }
}
