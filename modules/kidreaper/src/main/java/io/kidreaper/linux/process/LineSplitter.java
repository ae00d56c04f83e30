package io.kidreaper.linux.process;

import java.nio.charset.StandardCharsets;

/**
 * Makes lines of bytes that come in any portions. Its memory is bounded by the longest piece: a
 * longer line comes in several. Not safe for several threads.
 */
final class LineSplitter {
  /** Takes what came out. */
  interface Lines {
    /**
     * @param continues whether the next piece belongs to the same line
     */
    void line(String text, boolean continues);
  }

  private final byte[] held;
  private final Lines lines;
  private int count;

  /**
   * @param maxBytes longest piece, at least 4, the longest character
   */
  LineSplitter(int maxBytes, Lines lines) {
    if (maxBytes < 4) {
      throw new IllegalArgumentException("no room for one character: " + maxBytes + " bytes");
    }
    this.held = new byte[maxBytes];
    this.lines = lines;
  }

  void feed(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        emit(count, false);
        continue;
      }
      if (count == held.length) {
        emit(wholeCharacters(), true);
      }
      held[count++] = bytes[i];
    }
  }

  /** Gives out a last line that has no line end, as a crash leaves it. */
  void flush() {
    if (count > 0) {
      emit(count, false);
    }
  }

  private void emit(int bytes, boolean continues) {
    int end = !continues && bytes > 0 && held[bytes - 1] == '\r' ? bytes - 1 : bytes;
    String text = printable(new String(held, 0, end, StandardCharsets.UTF_8));
    System.arraycopy(held, bytes, held, 0, count - bytes);
    count -= bytes;
    lines.line(text, continues);
  }

  /** Bytes up to the last character's start if its end has not come yet. */
  private int wholeCharacters() {
    int start = count - 1;
    while (start > count - 4 && (held[start] & 0xc0) == 0x80) {
      start--;
    }
    int lead = held[start] & 0xff;
    int needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    return count - start < needed ? start : count;
  }

  private static String printable(String text) {
    if (text.chars().noneMatch(LineSplitter::commands)) {
      return text;
    }
    StringBuilder result = new StringBuilder(text.length() + 16);
    text.chars()
        .forEach(c -> {
          if (commands(c)) {
            result.append("\\x%02x".formatted(c));
          } else {
            result.append((char) c);
          }
        });
    return result.toString();
  }

  private static boolean commands(int character) {
    return character != '\t' && Character.isISOControl(character);
  }
}
