package io.kidreaper.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.socket.ListenAddress.Inherited;
import io.kidreaper.linux.socket.ListenAddress.Parsed;
import io.kidreaper.linux.socket.ListenAddress.Tcp;
import io.kidreaper.linux.socket.ListenAddress.UnixAbstract;
import io.kidreaper.linux.socket.ListenAddress.UnixPath;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ListenAddressTest {
  static Stream<Arguments> good() {
    return Stream.of(
        Arguments.of("127.0.0.1:9000", new Tcp("127.0.0.1", 9000)),
        Arguments.of("localhost:0", new Tcp("localhost", 0)),
        Arguments.of("0.0.0.0:65535", new Tcp("0.0.0.0", 65535)),
        Arguments.of("[::1]:9000", new Tcp("::1", 9000)),
        Arguments.of("[fe80::1%eth0]:9000", new Tcp("fe80::1%eth0", 9000)),
        Arguments.of("unix:/run/app.sock", new UnixPath("/run/app.sock")),
        Arguments.of("unix:app.sock", new UnixPath("app.sock")),
        Arguments.of("unix:@app", new UnixAbstract("app")),
        Arguments.of("unix:" + "a".repeat(107), new UnixPath("a".repeat(107))),
        Arguments.of("unix:@" + "a".repeat(107), new UnixAbstract("a".repeat(107))),
        Arguments.of("fd:0", new Inherited(0)));
  }

  @ParameterizedTest
  @MethodSource("good")
  void readsEveryFormAndWritesItBackTheSame(String text, ListenAddress expected) {
    assertThat(ListenAddress.parse(text)).isEqualTo(new Parsed.Address(expected));
    assertThat(expected).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          9000              | write it like 127.0.0.1:9000
          localhost         | write it like 127.0.0.1:9000 or unix:/run/app.sock
          :9000             | write it like 127.0.0.1:9000 for this machine alone, or 0.0.0.0:9000
          *:9000            | write it like 127.0.0.1:9000 for this machine alone
          localhost:        | write it like localhost:9000
          localhost:65536   | write it like localhost:9000
          localhost:-1      | write it like localhost:9000
          localhost:fcgi    | write it like localhost:9000
          localhost:9999999 | write it like localhost:9000
          ::1:9000          | write it like [::1]:9000
          [::1]             | write it like [::1]:9000
          [::1]:x           | write it like [::1]:9000
          [localhost]:9000  | write it like [::1]:9000
          /run/app.sock     | write it like unix:/run/app.sock
          unix:             | write it like unix:/run/app.sock
          unix:@            | write it like unix:@app
          unix:/run/        | write it like unix:/run/app.sock
          fd:               | write it like fd:0
          fd:x              | write it like fd:0
          fd:-1             | write it like fd:0
          ''                | write it like
          """)
  void refusesWithTheArgumentAndAGoodExample(String text, String example) {
    assertThat(ListenAddress.parse(text))
        .isInstanceOfSatisfying(
            Parsed.Refused.class,
            refused -> assertThat(refused.reason()).contains('"' + text + '"', example));
  }

  @Test
  void refusesAPathThatTheKernelWouldNotTakeByItsBytesNotItsCharacters() {
    assertThat(ListenAddress.parse("unix:/" + "ü".repeat(54)))
        .isInstanceOfSatisfying(
            Parsed.Refused.class,
            refused ->
                assertThat(refused.reason()).contains("109 bytes long and the kernel takes 107"));
  }
}
