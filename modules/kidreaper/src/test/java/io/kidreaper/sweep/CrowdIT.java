package io.kidreaper.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Site;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A manager with very many children. */
class CrowdIT {
  private static final int CHILDREN = 2_000;

  @Test
  void oneOfTwoThousandIsFoundAndNoneOfTheOthersIsTouched() {
    try (Site site = Site.open("crowd")) {
      Path source = Resources.copy(site.dir(), "crowd.c");
      Path crowd = site.dir().path("crowd");
      Command.of("gcc", "-O1", "-o", crowd, source).runIn(site.dir().path("."));
      Session manager = site.run("crowd", Command.of(crowd, CHILDREN, 80));
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              manager.log().equals("grown\n")
                  && Identity.childrenOf(manager.pid()).size() == CHILDREN);
      Set<Identity> before = Identity.childrenOf(manager.pid());

      Run run = Kidreaper.reap(manager.pid(), "--limit", "40M", "--json").run();

      assertThat(run.status()).as(run.err()).isZero();
      // Sizes, not sets: a message with 2,000 pids helps nobody.
      assertThat(run.workers().size()).isEqualTo(CHILDREN);
      assertThat(run.workersThat("kept").size()).isEqualTo(CHILDREN - 1);
      Set<Integer> retired = run.workersThat("retired");
      assertThat(retired).hasSize(1);
      Set<Identity> after = Identity.childrenOf(manager.pid());
      assertThat(after.size()).isEqualTo(CHILDREN);
      Set<Identity> gone = new HashSet<>(before);
      gone.removeAll(after);
      assertThat(gone).extracting(Identity::pid).containsExactlyElementsOf(retired);
    }
  }
}
