package io.kidreaper.linux;

import io.kidreaper.pool.ProcessId;

/** Of whom the costly reading is made. */
public interface Attention {
  /**
   * Asked after the cheap reading of a worker.
   *
   * @param rssAtMostBytes its resident size, with what the kernel may have left out of it
   */
  boolean wantsDetail(ProcessId worker, long rssAtMostBytes);
}
