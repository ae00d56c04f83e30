package io.kidreaper.testbed.load;

import java.nio.ByteBuffer;

/**
 * Bytes that both sides can compute: 32-bit words, most significant byte first, the i-th of them
 * {@code (seed + i × 2654435761) mod 2^32}. All words of one answer differ, so a byte that is
 * missing, doubled or moved is seen.
 */
final class Words {
  private static final int MULTIPLIER = (int) 2_654_435_761L;

  private Words() {}

  /** The first {@code bytes} bytes for a seed, which is taken as 32 unsigned bits. */
  static byte[] bytes(int bytes, int seed) {
    ByteBuffer words = ByteBuffer.allocate((bytes + 3) / 4 * 4);
    for (int i = 0; words.hasRemaining(); i++) {
      words.putInt(seed + i * MULTIPLIER);
    }
    byte[] cut = new byte[bytes];
    words.get(0, cut);
    return cut;
  }
}
