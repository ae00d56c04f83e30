package io.kidreaper.memory;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory as people write it: {@code 157286400}, {@code 150M}, {@code 1.5G}, {@code
 * 150MiB}. The letters K M G T are powers of 1024.
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  private static final String UNITS = "KMGT";
  private static final int ALWAYS_A_LONG_DIGITS = 18;

  /** Apart, since compiling them takes longer than a sweep, and plain bytes need none. */
  private static final class Forms {
    private static final Pattern SIZE =
        Pattern.compile(
            "(?<number>\\d+(\\.\\d+)?)(?:(?<unit>[KMGT])(?:iB?)?)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern DECIMAL_UNIT =
        Pattern.compile("[\\d.]+[KMGT]B", Pattern.CASE_INSENSITIVE);
  }

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("negative size: " + bytes);
    }
  }

  /**
   * Reads a size.
   *
   * @throws IllegalArgumentException if the text is not one, with an example of a good one
   */
  public static ByteSize parse(String text) {
    if (plainBytes(text)) {
      return new ByteSize(Long.parseLong(text));
    }
    if (Forms.DECIMAL_UNIT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' could mean powers of 1000; write '"
              + text.substring(0, text.length() - 1)
              + "' for powers of 1024");
    }
    Matcher form = Forms.SIZE.matcher(text);
    if (!form.matches()) {
      throw notASize(text);
    }
    String unit = form.group("unit");
    int power = unit == null ? 0 : UNITS.indexOf(unit.toUpperCase(Locale.ROOT)) + 1;
    BigDecimal bytes =
        new BigDecimal(form.group("number")).multiply(BigDecimal.valueOf(1L << (10 * power)));
    if (power == 0 && bytes.stripTrailingZeros().scale() > 0) {
      throw notASize(text);
    }
    if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException("'" + text + "' is more memory than any machine has");
    }
    return new ByteSize(bytes.longValue());
  }

  private static boolean plainBytes(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= ALWAYS_A_LONG_DIGITS;
  }

  private static IllegalArgumentException notASize(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not a size; write bytes or K, M, G, T, for example 150M or 1.5G");
  }

  /** For people: three significant figures or so, {@code 149.6M}. Not for programs. */
  @Override
  public String toString() {
    int power = 0;
    double value = bytes;
    // 1023.95 and more would print as 1024.0 of the smaller unit.
    while (value >= 1023.95 && power < UNITS.length()) {
      value /= 1024;
      power++;
    }
    return power == 0
        ? Long.toString(bytes)
        : String.format(Locale.ROOT, "%.1f%c", value, UNITS.charAt(power - 1));
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }
}
