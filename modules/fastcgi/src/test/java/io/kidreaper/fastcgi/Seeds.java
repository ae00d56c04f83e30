package io.kidreaper.fastcgi;

import java.util.Random;

/**
 * The seeded randomness of the fuzzing tests. Every test prints its seed; {@code -Dfuzz.seed=N}
 * runs that one again, {@code -Dfuzz.rounds=N} changes how many rounds are run.
 */
final class Seeds {
  private Seeds() {}

  static long seed(String test) {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    System.out.println(test + ": -Dfuzz.seed=" + seed);
    return seed;
  }

  static int rounds(int otherwise) {
    return Integer.getInteger("fuzz.rounds", otherwise);
  }

  static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
