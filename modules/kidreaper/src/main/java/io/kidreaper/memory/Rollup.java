package io.kidreaper.memory;

/**
 * The sums over all of a process's mappings, as {@code /proc/PID/smaps_rollup} has them ({@code
 * proc_pid_smaps(5)}). All in bytes.
 */
public record Rollup(
    long rssBytes,
    long pssBytes,
    long sharedCleanBytes,
    long sharedDirtyBytes,
    long privateCleanBytes,
    long privateDirtyBytes,
    long anonymousBytes,
    long lazyFreeBytes,
    long swapBytes,
    long swapPssBytes)
    implements Detail {

  /**
   * What the process's exit gives back. Pages freed with MADV_FREE are already the kernel's to
   * take, so they do not count; pages in swap do.
   */
  public long privateBytes() {
    return Math.max(0, privateCleanBytes + privateDirtyBytes + swapBytes - lazyFreeBytes);
  }

  /** This process's share of a pool's memory: the only figure that may be summed over workers. */
  public long poolShareBytes() {
    return pssBytes + swapPssBytes;
  }
}
