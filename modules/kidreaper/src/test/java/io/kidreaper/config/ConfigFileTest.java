package io.kidreaper.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
  private static final Path FILE = Path.of("kr.toml");

  @Test
  void headDefaultsAndPoolsAreToldApartWithTheirPlaces() throws ConfigFault {
    ConfigFile file =
        ConfigFile.parse(
            FILE,
            """
            metrics = 9188
            [defaults]
            every = "5s"
            [pool.shop]
              pidfile = "/run/shop.pid"
              dry-run = true
            [pool."b"]
            listen = ["unix:/a", "unix:/b"]
            """);
    assertThat(file.head().entries().get("metrics"))
        .isEqualTo(new Entry("metrics", List.of("9188"), new Place(FILE, 1, 1), false));
    assertThat(file.defaults().entries().get("every"))
        .isEqualTo(new Entry("every", List.of("5s"), new Place(FILE, 3, 1), true));
    assertThat(file.pools()).extracting(Section::name).containsExactlyInAnyOrder("shop", "b");
    Section shop =
        file.pools().stream().filter(pool -> pool.name().equals("shop")).findFirst().orElseThrow();
    assertThat(shop.entries().get("dry-run"))
        .isEqualTo(new Entry("dry-run", List.of("true"), new Place(FILE, 6, 3), false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "a = 1.5                    | kr.toml:1:1: 'a' has to be a text, a whole number",
        "[pol.shop]                 | there is no table [pol]; there are [defaults] and [pool.NAME]",
        "pool.shop = 3              | a pool is a table [pool.NAME]",
        "a = \"                     | kr.toml:1:",
        "a = 1 ; b = 2              | kr.toml:1:7",
        "[defaults.x]               | 'x' has to be a text",
      })
  void whatIsWrongIsToldWithItsPlace(String text, String told) {
    assertThatThrownBy(() -> ConfigFile.parse(FILE, text))
        .isInstanceOf(ConfigFault.class)
        .hasMessageContaining(told);
  }

  @ParameterizedTest
  @CsvSource({
    "limt, limit",
    "max_age, max-age",
    "evrey, every",
    "at-most-retireing, at-most-retiring",
    "pid-file, pidfile"
  })
  void theNearestNameIsTheOneMeant(String word, String meant) {
    assertThat(
            Nearest.to(
                word,
                List.of("limit", "max-age", "every", "at-most-retiring", "pidfile", "min-age")))
        .contains(meant);
  }

  @Test
  void aFarWordIsNoGuess() {
    assertThat(Nearest.to("colour", List.of("limit", "max-age"))).isEmpty();
  }
}
