package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.run.state.PoolName;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Turns words of the command line into values, or says what a good word looks like. */
final class Words {
  private static final Pattern DURATION =
      Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h|d)", Pattern.CASE_INSENSITIVE);
  private static final BigDecimal LONGEST_MILLIS =
      BigDecimal.valueOf(Duration.ofDays(3650).toMillis());

  private Words() {}

  static ByteSize size(String text) {
    try {
      return ByteSize.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  static PoolName poolName(String text) {
    try {
      return new PoolName(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  static Duration duration(String text) {
    Matcher form = DURATION.matcher(text);
    if (!form.matches() && !text.equals("0")) {
      throw new TypeConversionException(
          "'"
              + text
              + "' is not a duration; write a number and ms, s, m, h or d, for example 500ms, 10s or 5m");
    }
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    BigDecimal millis =
        new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unitMillis(form.group(2))));
    if (millis.compareTo(LONGEST_MILLIS) > 0) {
      throw new TypeConversionException("'" + text + "' is longer than ten years");
    }
    return Duration.ofMillis(millis.longValue());
  }

  private static long unitMillis(String unit) {
    return switch (unit.toLowerCase(Locale.ROOT)) {
      case "ms" -> 1;
      case "s" -> 1_000;
      case "m" -> 60_000;
      case "h" -> 3_600_000;
      case "d" -> 86_400_000;
      default -> throw new AssertionError("the pattern knows no other unit: " + unit);
    };
  }

  /** One process id, or what to write instead. */
  static int pid(String text) {
    try {
      int pid = Integer.parseInt(text);
      if (pid > 0) {
        return pid;
      }
    } catch (NumberFormatException e) {
      // The message below serves for both.
    }
    throw new TypeConversionException(
        "'" + text + "' is not a process id; write a number such as 4711");
  }

  /** Reads a process id from an option. */
  static final class Pid implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String word) {
      return pid(word);
    }
  }
}
