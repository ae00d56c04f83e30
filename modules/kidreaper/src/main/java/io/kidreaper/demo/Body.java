package io.kidreaper.demo;

/**
 * The bytes of an answer, of which every one can be checked by who knows its length and seed: byte
 * {@code i} is a lower-case letter that depends on both and on {@code i}.
 */
public final class Body {
  /** The largest, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  private Body() {}

  /** A body of that many bytes, 0 to {@link #MAX_BYTES}. */
  public static byte[] of(int bytes, int seed) {
    if (bytes < 0 || bytes > MAX_BYTES) {
      throw new IllegalArgumentException(bytes + " bytes are not within 0 to " + MAX_BYTES);
    }
    byte[] body = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      // Knuth's multiplier, so that neighbours and seeds differ in all bits.
      int mixed = (i + seed * 31 + bytes) * 0x9E3779B1;
      body[i] = (byte) ('a' + (mixed >>> 16) % 26);
    }
    return body;
  }
}
