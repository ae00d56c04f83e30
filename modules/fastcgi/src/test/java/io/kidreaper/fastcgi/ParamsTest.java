package io.kidreaper.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParamsTest {
  @Test
  void pairsOfEveryLengthComeBack() throws Exception {
    for (int length : new int[] {0, 1, 127, 128, 129, 255, 256, 65_535, 65_536, 1 << 20}) {
      Map<String, String> pairs = new LinkedHashMap<>();
      pairs.put("n".repeat(length), "short");
      pairs.put("short", "v".repeat(length));
      Params params = Params.parse(Params.of(pairs).encoded());
      assertThat(params.asMap()).isEqualTo(pairs);
      assertThat(params.size()).isEqualTo(2);
    }
  }

  @Test
  void theBytesAreThoseOfTheSpecification() {
    assertThat(HexFormat.of().formatHex(Params.of(Map.of("ab", "c")).encoded()))
        .isEqualTo("0201616263");
    assertThat(HexFormat.of().formatHex(Params.of(Map.of("a", "b".repeat(128))).encoded()))
        .startsWith("01800000806162");
  }

  @Test
  void aShortLengthMayBeWrittenLong() throws Exception {
    Params params = Params.parse(HexFormat.of().parseHex("8000000180000001" + "6162"));
    assertThat(params.asMap()).containsExactly(Map.entry("a", "b"));
  }

  @Test
  void theLastOfTwoEqualNamesCounts() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NameValues.write(out, "A".getBytes(UTF_8), "1".getBytes(UTF_8));
    NameValues.write(out, "A".getBytes(UTF_8), "2".getBytes(UTF_8));
    Params params = Params.parse(out.toByteArray());
    assertThat(params.get("A")).isEqualTo("2");
    assertThat(params.asMap()).containsExactly(Map.entry("A", "2"));
    assertThat(params.size()).isEqualTo(2);
  }

  @Test
  void valuesAreUtf8AndTheirBytesCanBeHad() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] notUtf8 = {(byte) 0xff, 'x'};
    NameValues.write(out, "raw".getBytes(UTF_8), notUtf8);
    NameValues.write(out, "größe".getBytes(UTF_8), "süß".getBytes(UTF_8));
    Params params = Params.parse(out.toByteArray());
    assertThat(params.raw("raw")).isEqualTo(notUtf8);
    assertThat(params.get("raw")).isEqualTo("\ufffdx");
    assertThat(params.get("größe")).isEqualTo("süß");
    assertThat(params.get("none")).isNull();
    assertThat(params.raw("none")).isNull();
    assertThat(params.getOrDefault("none", "x")).isEqualTo("x");
  }

  @Test
  void everyCutWithinAPairIsRefused() {
    byte[] whole = Params.of(Map.of("name", "v".repeat(200))).encoded();
    for (int length = 1; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> Params.parse(cut)).isInstanceOf(FastCgiProtocolException.class);
    }
  }

  @Test
  void aLengthOfTwoGigabytesIsRefusedWithoutReservingThem() {
    byte[] lie = HexFormat.of().parseHex("ffffffff" + "ffffffff" + "6162");
    assertThatThrownBy(() -> Params.parse(lie))
        .hasMessageContaining("says 2147483647 + 2147483647 bytes, but only 2 are left");
  }

  @Test
  void tooManyPairsAreRefused() throws Exception {
    byte[] pairs = new byte[2 * 200];
    assertThat(Params.parse(pairs, pairs.length, 200).size()).isEqualTo(200);
    assertThatThrownBy(() -> Params.parse(pairs, pairs.length, 199))
        .hasMessageContaining("more than 199");
  }

  @Test
  void valuesAreNotShownInText() {
    assertThat(Params.of(Map.of("HTTP_COOKIE", "secret")).toString())
        .isEqualTo("Params[HTTP_COOKIE]");
  }
}
