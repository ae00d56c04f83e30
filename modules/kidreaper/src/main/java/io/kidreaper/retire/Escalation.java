package io.kidreaper.retire;

/** What is done to a worker that has its signal and does not leave. */
public enum Escalation {
  /** Nothing; it is reported. */
  NONE,
  /**
   * SIGKILL, where it holds no accepted connection; anywhere only if it was asked for at any
   * moment.
   */
  KILL
}
