package io.kidreaper.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BirthTest {
  private static final Map<String, String> MARKED = Map.of(Birth.MARK, "4711");

  @Test
  void whoeverIsNotMarkedBecomesTheManager() {
    assertThat(Birth.of(Map.of("HOME", "/"), 4711)).isEqualTo(new Birth.Outside());
  }

  @Test
  void theManagersChildIsAWorker() {
    assertThat(Birth.of(MARKED, 4711)).isEqualTo(new Birth.Worker());
  }

  @Test
  void whatAWorkerStartsIsNeither() {
    assertThat(Birth.of(MARKED, 4712))
        .isInstanceOfSatisfying(
            Birth.Astray.class,
            astray -> assertThat(astray.reason()).contains("4711", "4712", Birth.MARK));
  }
}
