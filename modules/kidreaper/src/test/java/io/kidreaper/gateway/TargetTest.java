package io.kidreaper.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/a/b, /a/b",
    "/a%20b%2Fc, /a b/c",
    "/a/./b/../c, /a/c",
    "/a/.., /",
    "/a/., /a/",
    "/a//b, /a//b",
    "//host/b, //host/b",
    "/%2e%2E/x%41, ''",
    "http://host:80/a?b, /a",
    "HTTP://host, /",
    "/%e2%82%ac, /\u00e2\u0082\u00ac",
  })
  void decodesThePath(String sent, String path) {
    assertThat(Target.of(sent).map(Target::path).orElse("")).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/..", "/../etc/passwd", "/a/../../x", "/%00", "/a%0", "/a%", "/%zz", "*", "x"})
  void refusesWhatIsNoPathInside(String sent) {
    assertThat(Target.of(sent)).isEmpty();
  }

  @Test
  void keepsWhatWasSent() {
    Target target = Target.of("/a%20b/../c?x=%20&y=?z").orElseThrow();
    assertThat(target.query()).contains("x=%20&y=?z");
    assertThat(target.uri()).isEqualTo("/a%20b/../c?x=%20&y=?z");
    assertThat(Target.of("/a").orElseThrow().query()).isEmpty();
    assertThat(Target.of("/a?").orElseThrow().query()).contains("");
    assertThat(Target.of("/a?").map(Target::uri)).isEqualTo(Optional.of("/a?"));
  }

  @Test
  void namesFilesInUtf8() {
    assertThat(Target.of("/gr%c3%b6%c3%9fe").orElseThrow().pathText()).isEqualTo("/größe");
    assertThat(Target.of("/%ff").orElseThrow().pathText()).isEqualTo("/\uFFFD");
  }
}
