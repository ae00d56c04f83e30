package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/** Texts of a real kernel (Linux 6.18), and what every parser of one has to stand. */
final class KernelText {
  private KernelText() {}

  /** A captured file, kept beside the tests. */
  static byte[] file(String name) {
    try (InputStream in =
        Objects.requireNonNull(KernelText.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A captured file with the value of some {@code Key:} line changed. */
  static byte[] fileWith(String name, String key, String value) {
    String text = new String(file(name), StandardCharsets.UTF_8);
    String changed = text.replaceFirst("(?m)^" + key + ":.*$", key + ":\t" + value);
    assertThat(changed).as("%s has a line %s with another value", name, key).isNotEqualTo(text);
    return bytes(changed);
  }

  /** A captured file without some {@code Key:} lines. */
  static byte[] fileWithout(String name, String... keys) {
    String text = new String(file(name), StandardCharsets.UTF_8);
    for (String key : keys) {
      text = text.replaceFirst("(?m)^" + key + ":.*\n", "");
    }
    return bytes(text);
  }

  /**
   * Cuts a text at every byte: the parser refuses each piece, or what it says of it is right.
   *
   * @return how many pieces were not refused
   */
  static <T> int cutAnywhere(byte[] text, Function<byte[], T> parser, Predicate<T> right) {
    int accepted = 0;
    for (int length = 0; length < text.length; length++) {
      byte[] piece = Arrays.copyOf(text, length);
      T value;
      try {
        value = parser.apply(piece);
      } catch (MalformedProcFileException refused) {
        assertThat(refused).hasMessageMatching("(?s).*\\w.*");
        continue;
      }
      accepted++;
      if (!right.test(value)) {
        fail(
            "cut after %d of %d bytes it invents %s", length, text.length, Objects.toString(value));
      }
    }
    return accepted;
  }
}
