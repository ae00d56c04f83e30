package io.kidreaper.cli;

/** Where a pool is read. */
enum Source {
  /** /proc where there is one, else ps. */
  AUTO,
  /** /proc. */
  PROC,
  /** The ps command: rss and vsz only. */
  PS
}
