package io.kidreaper.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.gateway.HttpAddress.Parsed;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpAddressTest {
  @ParameterizedTest
  @CsvSource({
    "8080, 127.0.0.1:8080",
    "0, 127.0.0.1:0",
    "localhost:80, localhost:80",
    "0.0.0.0:65535, 0.0.0.0:65535",
    "[::1]:80, [::1]:80",
  })
  void readsAddresses(String text, String written) {
    assertThat(HttpAddress.parse(text))
        .isInstanceOfSatisfying(
            Parsed.Address.class, one -> assertThat(one.address()).hasToString(written));
  }

  @ParameterizedTest
  @CsvSource({
    "'', no port",
    "x, no port",
    "65536, no port",
    "host:, no port",
    ":80, on which address",
    "*:80, on which address",
    "::1:80, without brackets",
    "[host]:80, brackets",
  })
  void refusesOthersWithAReason(String text, String reason) {
    assertThat(HttpAddress.parse(text))
        .isInstanceOfSatisfying(
            Parsed.Refused.class, one -> assertThat(one.reason()).contains(reason));
  }
}
