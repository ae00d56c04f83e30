package io.kidreaper.fastcgi;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Name-value pairs on the wire (section 3.4), as they fill PARAMS, GET_VALUES and
 * GET_VALUES_RESULT:
 *
 * <pre>{@code
 * struct pair {
 *   length  nameLength;    // one byte if less than 128, else four, big-endian, with the top bit set
 *   length  valueLength;
 *   uint8_t name[nameLength];
 *   uint8_t value[valueLength];
 * };
 * }</pre>
 *
 * <p>A pair may be cut anywhere by the records of a stream, so a stream's bytes are gathered,
 * within a limit, before they are read here.
 */
public final class NameValues {
  private NameValues() {}

  /** Appends one pair. */
  public static void write(ByteArrayOutputStream out, byte[] name, byte[] value) {
    writeLength(out, name.length);
    writeLength(out, value.length);
    out.write(name, 0, name.length);
    out.write(value, 0, value.length);
  }

  private static void writeLength(ByteArrayOutputStream out, int length) {
    if (length > 127) {
      out.write(length >>> 24 | 0x80);
      out.write(length >>> 16);
      out.write(length >>> 8);
    }
    out.write(length);
  }

  /**
   * Finds the pairs in a complete encoding.
   *
   * @return four numbers a pair: where the name begins, its length, where the value begins, its
   *     length
   * @throws FastCgiProtocolException if the bytes end within a pair, or hold more than {@code
   *     maxPairs}
   */
  static int[] index(byte[] bytes, int length, int maxPairs) throws FastCgiProtocolException {
    int[] index = new int[128];
    int used = 0;
    int at = 0;
    while (at < length) {
      if (used == maxPairs * 4L) {
        throw new FastCgiProtocolException("more than " + maxPairs + " name-value pairs");
      }
      int pairAt = at;
      int nameLength = readLength(bytes, at, length);
      at += lengthOfLength(bytes, at);
      int valueLength = readLength(bytes, at, length);
      at += lengthOfLength(bytes, at);
      // Both lengths are below 2^31, so their sum is right only as a long.
      if ((long) at + nameLength + valueLength > length) {
        throw new FastCgiProtocolException(
            "name-value pair at byte %d says %d + %d bytes, but only %d are left"
                .formatted(pairAt, nameLength, valueLength, length - at));
      }
      if (used == index.length) {
        index = Arrays.copyOf(index, used * 2);
      }
      index[used] = at;
      index[used + 1] = nameLength;
      index[used + 2] = at + nameLength;
      index[used + 3] = valueLength;
      used += 4;
      at += nameLength + valueLength;
    }
    return Arrays.copyOf(index, used);
  }

  private static int lengthOfLength(byte[] bytes, int at) {
    return bytes[at] < 0 ? 4 : 1;
  }

  private static int readLength(byte[] bytes, int at, int end) throws FastCgiProtocolException {
    if (at >= end || at + lengthOfLength(bytes, at) > end) {
      throw new FastCgiProtocolException("name-value pairs end within a length, at byte " + end);
    }
    if (bytes[at] >= 0) {
      return bytes[at];
    }
    return (bytes[at] & 0x7f) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }
}
