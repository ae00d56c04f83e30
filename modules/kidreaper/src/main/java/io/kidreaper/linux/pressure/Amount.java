package io.kidreaper.linux.pressure;

/** An amount of memory that the kernel was asked for. */
public sealed interface Amount {
  /**
   * @param bytes 0 or more
   */
  record Known(long bytes) implements Amount {}

  /**
   * It could not be read. Nobody may put a number in its place.
   *
   * @param reason what stood in the way, for people
   */
  record Unknown(String reason) implements Amount {}
}
