package io.kidreaper.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class WorkerEnvironmentTest {
  @Test
  void aWorkerGetsOursWithItsOwnAndNothingMeantForKidreaper() {
    Map<String, String> ours =
        Map.of(
            "PATH", "/bin",
            "LANG", "C",
            "LISTEN_FDS", "1",
            "LISTEN_PID", "2",
            "LISTEN_FDNAMES", "x",
            "NOTIFY_SOCKET", "/run/n",
            "WATCHDOG_USEC", "3",
            "WATCHDOG_PID", "2",
            "_JAVA_SR_SIGNUM", "40",
            "KIDREAPER_SOFT_NOFILE", "1024");
    assertThat(WorkerEnvironment.of(ours, Map.of("LANG", "de", "MODE", "prod")))
        .isEqualTo(Map.of("PATH", "/bin", "LANG", "de", "MODE", "prod"));
  }

  @Test
  void theSoftLimitFromBeforeTheJvmIsReadOnlyWhereItIsANumber() {
    assertThat(soft("1024")).isEqualTo(OptionalLong.of(1024));
    for (String text : new String[] {"unlimited", "", "0", "-5", "1e3"}) {
      assertThat(soft(text)).isEmpty();
    }
    assertThat(WorkerEnvironment.softOpenFiles(Map.of())).isEmpty();
  }

  private static OptionalLong soft(String text) {
    return WorkerEnvironment.softOpenFiles(Map.of("KIDREAPER_SOFT_NOFILE", text));
  }
}
