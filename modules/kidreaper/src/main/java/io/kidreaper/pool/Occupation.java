package io.kidreaper.pool;

/** What a worker is at, as far as anybody looked. */
public enum Occupation {
  /** It has not been seen ready; a signal could still run its parent's handler in it. */
  STARTING,
  /** It waits for a request and holds none. */
  IDLE,
  /** It works on a request. */
  BUSY,
  /** It serves nobody: workers are forked from it. What it costs is the pool's all the same. */
  TEMPLATE,
  /** Nobody looked, or it cannot be told. */
  UNKNOWN
}
