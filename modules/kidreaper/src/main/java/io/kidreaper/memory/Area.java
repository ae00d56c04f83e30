package io.kidreaper.memory;

/**
 * One mapping, or the sum of several ({@code proc_pid_smaps(5)}). All in bytes.
 *
 * @param sharedAnonymousBytes of {@code anonymousBytes}, what another process maps too: pages
 *     inherited by fork that nobody has written to since. Of a mapping that is shared by intent,
 *     none
 * @param hugeBytes of {@code anonymousBytes}, what is in transparent huge pages
 * @param hugetlbBytes pages of hugetlbfs, which no other figure includes
 */
public record Area(
    long rssBytes,
    long pssBytes,
    long sharedCleanBytes,
    long sharedDirtyBytes,
    long privateCleanBytes,
    long privateDirtyBytes,
    long anonymousBytes,
    long sharedAnonymousBytes,
    long lazyFreeBytes,
    long swapBytes,
    long swapPssBytes,
    long hugeBytes,
    long hugetlbBytes) {

  public static final Area NONE = new Area(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  public Area plus(Area other) {
    return new Area(
        rssBytes + other.rssBytes,
        pssBytes + other.pssBytes,
        sharedCleanBytes + other.sharedCleanBytes,
        sharedDirtyBytes + other.sharedDirtyBytes,
        privateCleanBytes + other.privateCleanBytes,
        privateDirtyBytes + other.privateDirtyBytes,
        anonymousBytes + other.anonymousBytes,
        sharedAnonymousBytes + other.sharedAnonymousBytes,
        lazyFreeBytes + other.lazyFreeBytes,
        swapBytes + other.swapBytes,
        swapPssBytes + other.swapPssBytes,
        hugeBytes + other.hugeBytes,
        hugetlbBytes + other.hugetlbBytes);
  }

  /** What the process's exit gives back: as {@link Rollup#privateBytes()}. */
  public long privateBytes() {
    return Math.max(0, privateCleanBytes + privateDirtyBytes + swapBytes - lazyFreeBytes);
  }

  /** What other processes map too. */
  public long sharedBytes() {
    return sharedCleanBytes + sharedDirtyBytes;
  }

  /** Anonymous memory in RAM that is this process's alone. */
  public long privateAnonymousBytes() {
    return anonymousBytes - sharedAnonymousBytes;
  }

  /** File pages, and shared memory, in RAM that only this process maps at the moment. */
  public long privateFileBytes() {
    return Math.max(0, privateCleanBytes + privateDirtyBytes - privateAnonymousBytes());
  }

  /** This process's share of a pool's memory: the only figure that may be summed over workers. */
  public long poolShareBytes() {
    return pssBytes + swapPssBytes;
  }
}
