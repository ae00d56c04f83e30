package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.socket.ListenAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpUpstreamTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:9000, /127.0.0.1:9000",
    "0.0.0.0:9000, /127.0.0.1:9000",
    "[::]:9000, /[0:0:0:0:0:0:0:1]:9000",
    "unix:/run/app.sock, /run/app.sock",
    "unix:@app, unix:@app",
  })
  void reachesWhatAPoolListensOn(String listening, String upstream) {
    assertThat(HttpUpstream.of(address(listening)).orElseThrow()).hasToString(upstream);
  }

  @Test
  void doesNotGuessTheAddressOfAnInheritedSocket() {
    assertThat(HttpUpstream.of(address("fd:0"))).isEmpty();
  }

  private static ListenAddress address(String text) {
    return switch (ListenAddress.parse(text)) {
      case ListenAddress.Parsed.Address(ListenAddress address) -> address;
      case ListenAddress.Parsed.Refused(String reason) ->
          throw new IllegalArgumentException(reason);
    };
  }
}
