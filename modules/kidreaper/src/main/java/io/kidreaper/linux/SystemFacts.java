package io.kidreaper.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What does not change while the machine runs.
 *
 * @param pageBytes bytes a page, the unit of {@code statm}
 * @param ticksPerSecond the unit of start times in {@code stat}
 * @param rssErrorBytes by how much a resident size in {@code statm} may be too small
 */
public record SystemFacts(long pageBytes, long ticksPerSecond, long rssErrorBytes) {
  private static final long AT_PAGESZ = 6;
  private static final long AT_CLKTCK = 17;

  /**
   * Reads them: the auxiliary vector that the kernel gave this process at its start ({@code
   * getauxval(3)}), the kernel's release, the number of CPUs.
   *
   * @throws IllegalStateException if one cannot be read, since nothing can be measured then
   */
  public static SystemFacts read(ProcFs proc) {
    byte[] auxv = required(proc.bytes("self/auxv"), "self/auxv");
    long pageBytes = auxiliary(auxv, AT_PAGESZ);
    String release =
        ProcFs.text(required(proc.bytes("sys/kernel/osrelease"), "sys/kernel/osrelease"));
    long errorPages = RssError.pages(release, () -> cpus(required(proc.bytes("stat"), "stat")));
    return new SystemFacts(pageBytes, auxiliary(auxv, AT_CLKTCK), errorPages * pageBytes);
  }

  private static byte[] required(ProcRead<byte[]> read, String file) {
    return read.fold(
        bytes -> bytes,
        () -> {
          throw new IllegalStateException("/proc has no " + file);
        },
        reason -> {
          throw new IllegalStateException(reason);
        });
  }

  /** The vector is pairs of native words, {@code unsigned long type, value}. */
  static long auxiliary(byte[] vector, long type) {
    ByteBuffer words = ByteBuffer.wrap(vector).order(ByteOrder.nativeOrder());
    while (words.remaining() >= 16) {
      long key = words.getLong();
      long value = words.getLong();
      if (key == type) {
        return value;
      }
    }
    throw new IllegalStateException("the auxiliary vector has no entry " + type);
  }

  /** The CPUs that are online: {@code /proc/stat} has a line for each. */
  static int cpus(byte[] stat) {
    return Math.toIntExact(
        new String(stat, US_ASCII)
            .lines()
            .filter(line -> line.startsWith("cpu") && !line.startsWith("cpu "))
            .count());
  }
}
