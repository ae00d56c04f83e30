package io.kidreaper.explain;

import io.kidreaper.memory.Area;
import io.kidreaper.memory.Footing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Takes a change of private memory apart.
 *
 * <p>With A the anonymous memory, S what of it is shared, both without memory that is shared by
 * intent, private anonymous memory is A − S. So its change is (S₀ − S), which was unshared, plus (A
 * − A₀), which is new. Pages are unshared in two ways: the worker writes to them, and each page
 * costs it a fault; or the last other process that has them lets go, and nothing happens to the
 * worker at all. Only the count of faults tells the two apart, and only as far as it was not
 * allocating and freeing all the while, since each fresh page costs a fault as well.
 *
 * <p>Swap: a page in swap is in Swap, not in A. New memory is counted over both.
 */
public final class GrowthCauses {
  private static final long PAGE_BYTES = 4096;
  private static final long HUGE_PAGE_BYTES = 2L << 20;

  /** What a library or the stack may do by the way; smaller parts are not told. */
  private static final long NOISE_BYTES = 64 * 1024;

  /** Sharers that end unseen are less likely than pages that are counted late. */
  private static final double ALL_EXPLAINED = 0.95;

  private GrowthCauses() {}

  /**
   * @param sharersEnded whether a process that may have shared memory with the worker ended between
   *     the two readings
   */
  public static Growth of(Footing before, Footing after, Sharers sharersEnded) {
    Area old = before.own();
    Area now = after.own();
    long faults = after.minorFaults() - before.minorFaults();
    long newBytes = anonymousEverywhere(now) - anonymousEverywhere(old);
    long lazyBytes = now.lazyFreeBytes() - old.lazyFreeBytes();
    long unshared = old.sharedAnonymousBytes() - now.sharedAnonymousBytes();

    List<Part> parts = new ArrayList<>();
    long inSwap = sharedSwap(now) - sharedSwap(old);
    long toSwap = unshared > 0 ? Math.clamp(inSwap, 0, unshared) : 0;
    if (toSwap > 0) {
      // In swap it is no longer among the shared; over A and Swap together nothing is new.
      parts.add(
          new Part(
              Cause.SWAP,
              toSwap,
              Confidence.MEDIUM,
              "Swap is larger than SwapPss: pages in it still have several owners."));
    }
    unsharing(
        parts,
        unshared - toSwap,
        newBytes,
        now.hugeBytes() - old.hugeBytes(),
        faults,
        sharersEnded);
    allocation(parts, newBytes - lazyBytes, now.hugeBytes() - old.hugeBytes());
    long files = now.privateFileBytes() - old.privateFileBytes();
    parts.add(
        new Part(
            Cause.FILE_CACHE,
            files,
            Confidence.HIGH,
            "These pages belong to files; nothing was allocated for them."));
    long shared = after.sharedMemory().privateBytes() - before.sharedMemory().privateBytes();
    parts.add(
        new Part(
            Cause.SHARED_MEMORY,
            shared,
            Confidence.HIGH,
            "They lie in memory that is shared by intent."));
    parts.removeIf(part -> part.bytes() == 0);
    parts.sort(Comparator.comparingLong(Part::bytes).reversed());

    long privateBytes = after.privateBytes() - before.privateBytes();
    long pss = after.poolShareBytes() - before.poolShareBytes();
    return new Growth(
        privateBytes,
        parts,
        lazyBytes,
        pss,
        after.atNanos() - before.atNanos(),
        remarks(privateBytes, pss, lazyBytes));
  }

  /** Whether somebody else's end could have moved memory. */
  public enum Sharers {
    /** All that could be seen lived on. */
    NONE_ENDED,
    /** At least one ended. */
    SOME_ENDED,
    /** Nobody looked. */
    UNKNOWN
  }

  private static long anonymousEverywhere(Area area) {
    return area.anonymousBytes() + area.swapBytes();
  }

  /** At least so much of what is in swap has other owners too. */
  private static long sharedSwap(Area area) {
    return Math.max(0, area.swapBytes() - area.swapPssBytes());
  }

  private static void unsharing(
      List<Part> parts, long unshared, long newBytes, long huge, long faults, Sharers ended) {
    if (unshared <= 0) {
      // A fork of its own makes what was private shared again.
      parts.add(
          new Part(
              Cause.COPY_ON_WRITE,
              unshared,
              Confidence.HIGH,
              "It shares more than before: it has forked."));
      return;
    }
    long hugeGrown = Math.clamp(huge, 0, Math.max(0, newBytes));
    long faultsForNew =
        Math.max(0, newBytes - hugeGrown) / PAGE_BYTES + hugeGrown / HUGE_PAGE_BYTES;
    long written = Math.clamp((faults - faultsForNew) * PAGE_BYTES, 0, unshared);
    if (written >= unshared * ALL_EXPLAINED) {
      written = unshared;
    }
    long left = unshared - written;
    // Faults of memory that was allocated and freed in between look like faults of writing.
    boolean churn = (faults - faultsForNew) * PAGE_BYTES > 2 * unshared + NOISE_BYTES;
    Confidence sure =
        ended == Sharers.NONE_ENDED
            ? Confidence.HIGH
            : churn && ended == Sharers.SOME_ENDED
                ? Confidence.LOW
                : churn || ended == Sharers.SOME_ENDED ? Confidence.MEDIUM : Confidence.HIGH;
    parts.add(
        new Part(
            Cause.COPY_ON_WRITE,
            written,
            sure,
            churn
                ? "It had far more page faults than this needs, so sharers that left would look"
                    + " the same."
                : "Each of these pages cost it a page fault."));
    parts.add(
        new Part(
            Cause.SHARER_LEFT,
            left,
            ended == Sharers.NONE_ENDED ? Confidence.MEDIUM : Confidence.HIGH,
            "It had no page faults for these, so it did not write to them."));
  }

  private static void allocation(List<Part> parts, long newBytes, long huge) {
    long hugeGrown = newBytes > 0 ? Math.clamp(huge, 0, newBytes) : 0;
    parts.add(
        new Part(
            Cause.HUGE_PAGES,
            hugeGrown,
            Confidence.MEDIUM,
            "Whether the program uses all of these pages the kernel does not tell: one that"
                + " touches a byte of each looks like one that fills them."));
    parts.add(
        new Part(
            Cause.ALLOCATION,
            newBytes - hugeGrown,
            Confidence.HIGH,
            newBytes - hugeGrown < 0
                ? "It gave memory back."
                : "A leak, a cache and a heap with holes look alike here; only the shape over many"
                    + " requests tells them apart."));
  }

  private static List<String> remarks(long privateBytes, long pss, long lazyBytes) {
    List<String> remarks = new ArrayList<>();
    if (pss > NOISE_BYTES && pss > 2 * Math.max(0, privateBytes)) {
      remarks.add(
          "Its PSS rose, its private memory hardly: other processes that share its pages have"
              + " left. That is no growth of this worker.");
    }
    if (lazyBytes > NOISE_BYTES) {
      remarks.add(
          "It has freed memory with MADV_FREE: RSS still has it, the kernel takes it when it needs"
              + " some, and it is not counted as private.");
    }
    return remarks;
  }
}
