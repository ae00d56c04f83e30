package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs held at their first wait for a connection, and workers forked from there. */
class TemplateIT {
  /** Answers each connection with its pid, the pid's of its parent and session, and a count. */
  static final List<String> SERVER =
      List.of(
          "perl",
          "-e",
          """
          use POSIX; my $count = 0;
          open my $l, '+<&=', 0;
          while (1) {
            accept(my $c, $l) or next;
            syswrite $c, join(' ', $$, getppid, POSIX::getpgrp(), ++$count) . "\\n";
          }
          """);

  @TempDir Path folder;

  @Test
  void workersAreForkedAndServeWhileTheTemplateStands() throws IOException {
    try (TestTemplate template = TestTemplate.of(folder, SERVER).standing()) {
      Set<String> expected = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        Forked.Child worker = template.fork();
        expected.add(worker.pid() + " " + ProcessHandle.current().pid() + " " + worker.pid());
      }
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < 60 || (seen.size() < 3 && i < 3000); i++) {
        String answer = template.ask();
        seen.add(answer.substring(0, answer.lastIndexOf(' ')));
      }
      assertThat(seen).isEqualTo(expected);
    }
  }
}
