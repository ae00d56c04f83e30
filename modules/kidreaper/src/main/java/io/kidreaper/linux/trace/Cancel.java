package io.kidreaper.linux.trace;

/** Says whether a request to the tracer is still wanted; asked every few milliseconds. */
@FunctionalInterface
public interface Cancel {
  /** Never cancelled. */
  Cancel NEVER = () -> false;

  /** Whether the worker should be left alone. */
  boolean requested();
}
