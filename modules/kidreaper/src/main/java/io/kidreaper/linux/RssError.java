package io.kidreaper.linux;

import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * By how much the resident size in {@code statm} may be too small.
 *
 * <p>Linux 6.2 to 6.15 add a process's pages up per CPU and show the common counter only, which
 * lags behind by up to a batch for each CPU and each of its three counters: on a machine of 64
 * cores that is 96 MB. Newer kernels add up exactly for this file; older ones lag by 64 pages a
 * thread at most. A worker within this margin of its limit gets the exact reading.
 */
final class RssError {
  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*", Pattern.DOTALL);
  private static final int COUNTERS = 3;
  private static final int OLD_THREAD_CACHE_PAGES = 64;

  private RssError() {}

  /**
   * The largest error in pages.
   *
   * @param release the kernel's release, {@code 6.1.0-18-amd64}; one that cannot be read counts as
   *     the worst kind
   * @param cpuCount how many CPUs the machine has, asked only where it matters
   */
  static long pages(String release, IntSupplier cpuCount) {
    Matcher version = RELEASE.matcher(release);
    int number =
        version.matches()
            ? Integer.parseInt(version.group(1)) * 1000 + Integer.parseInt(version.group(2))
            : 6002;
    if (number >= 6016) {
      return 0;
    }
    if (number < 6002) {
      return (long) COUNTERS * OLD_THREAD_CACHE_PAGES;
    }
    int cpus = cpuCount.getAsInt();
    long batch = Math.max(32, 2L * cpus);
    return COUNTERS * batch * cpus;
  }
}
