package io.kidreaper.memory;

/**
 * What one worker may cost.
 *
 * @param measure which number counts
 * @param bytes the least value that is too much: a worker at the limit is over it
 */
public record Limit(Measure measure, long bytes) {
  public Limit {
    if (bytes < 1) {
      throw new IllegalArgumentException("a limit of " + bytes + " bytes: every worker is over it");
    }
  }

  /**
   * Whether the costly reading has to be made for a worker. Private memory and PSS are never more
   * than what is in RAM and in swap together, and reading them walks all of a process's page
   * tables.
   *
   * @param residentAndSwappedBytes the worker's RSS and all it may have in swap
   */
  public boolean needsDetail(long residentAndSwappedBytes) {
    return switch (measure) {
      case PRIVATE, PSS -> residentAndSwappedBytes >= bytes;
      case RSS, VSZ -> false;
    };
  }

  /** {@code private limit 150.0M}, for people. */
  @Override
  public String toString() {
    return measure.word() + " limit " + new ByteSize(bytes);
  }
}
