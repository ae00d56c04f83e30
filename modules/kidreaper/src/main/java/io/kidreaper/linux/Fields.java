package io.kidreaper.linux;

/**
 * Walks over the blank-separated fields of a line of /proc without making a string of each: this
 * runs for every worker at every tick.
 */
final class Fields {
  private final byte[] line;
  private final int length;
  private int at;

  Fields(byte[] line, int from) {
    this(line, from, line.length);
  }

  Fields(byte[] line, int from, int length) {
    this.line = line;
    this.at = from;
    this.length = length;
  }

  /** Whether another field follows. */
  boolean more() {
    while (at < length && line[at] <= ' ') {
      at++;
    }
    return at < length;
  }

  /**
   * The next field as a whole number.
   *
   * @param field its number in the manual page, for the message
   */
  long number(int field) {
    if (!more()) {
      throw new MalformedProcFileException("cut short before field " + field);
    }
    boolean negative = line[at] == '-';
    if (negative) {
      at++;
    }
    int first = at;
    long value = 0;
    while (at < length && line[at] > ' ') {
      int digit = line[at++] - '0';
      if (digit < 0 || digit > 9) {
        throw new MalformedProcFileException("field " + field + " is not a number");
      }
      // Some fields hold unsigned 64-bit values (rsslim is 2^64 - 1); they wrap as a C long would.
      value = value * 10 + digit;
    }
    if (at == first) {
      throw new MalformedProcFileException("field " + field + " is not a number");
    }
    return negative ? -value : value;
  }

  char letter(int field) {
    if (!more()) {
      throw new MalformedProcFileException("cut short before field " + field);
    }
    return (char) line[at++];
  }

  void skip(int count) {
    for (int i = 0; i < count && more(); i++) {
      while (at < length && line[at] > ' ') {
        at++;
      }
    }
  }
}
