package io.kidreaper.memory;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a whole pool may have, as people write it: {@code 1G}, or {@code 80%} of what there is. */
public sealed interface Budget {
  /**
   * @param size 1 byte or more
   */
  record Absolute(ByteSize size) implements Budget {
    public Absolute {
      if (size.bytes() < 1) {
        throw new IllegalArgumentException("a budget of 0 bytes: every pool is over it");
      }
    }
  }

  /**
   * @param percent from 1 to 100, of the tightest cgroup limit or the machine's memory
   */
  record Share(int percent) implements Budget {
    public Share {
      if (percent < 1 || percent > 100) {
        throw new IllegalArgumentException("a budget is from 1% to 100%: " + percent + "%");
      }
    }

    /** Rounded down, and 1 at least. */
    public long of(long totalBytes) {
      return Math.max(1, totalBytes / 100 * percent + totalBytes % 100 * percent / 100);
    }
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if the text is not one, with an example of a good one
   */
  static Budget parse(String text) {
    Matcher share = Pattern.compile("(\\d{1,3})%").matcher(text);
    if (share.matches()) {
      return new Share(Integer.parseInt(share.group(1)));
    }
    if (text.endsWith("%")) {
      throw new IllegalArgumentException("'" + text + "' is not a whole share; write 80%");
    }
    return new Absolute(ByteSize.parse(text));
  }
}
