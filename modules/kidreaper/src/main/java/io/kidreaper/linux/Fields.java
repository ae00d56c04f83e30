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
    while (at < length && blank(line[at])) {
      at++;
    }
    return at < length;
  }

  /**
   * The next field as a whole number from 0 to 2^63 - 1; no field that kidreaper reads may be
   * another. The kernel ends every field with a blank, so one without may lack some of its digits.
   *
   * @param field its number in the manual page, for the message
   */
  long number(int field) {
    if (!more()) {
      throw new MalformedProcFileException("cut short before field " + field);
    }
    long value = 0;
    while (at < length && !blank(line[at])) {
      int digit = line[at++] - '0';
      if (digit < 0 || digit > 9) {
        throw new MalformedProcFileException("field " + field + " is not a number");
      }
      if (value > Long.MAX_VALUE / 10 || (value = value * 10 + digit) < 0) {
        throw new MalformedProcFileException("field " + field + " is too large");
      }
    }
    if (at == length) {
      throw new MalformedProcFileException("cut short in field " + field);
    }
    return value;
  }

  /** The next field as a process id, or 0 where there is none. */
  int pid(int field) {
    long pid = number(field);
    if (pid > Integer.MAX_VALUE) {
      throw new MalformedProcFileException("field " + field + " is not a process id");
    }
    return (int) pid;
  }

  char letter(int field) {
    if (!more()) {
      throw new MalformedProcFileException("cut short before field " + field);
    }
    return (char) line[at++];
  }

  void skip(int count) {
    for (int i = 0; i < count && more(); i++) {
      while (at < length && !blank(line[at])) {
        at++;
      }
    }
  }

  /** Bytes beyond ASCII are negative here, and no blanks. */
  private static boolean blank(byte letter) {
    return letter <= ' ' && letter >= 0;
  }
}
