package io.kidreaper.linux.trace;

/** Told of each step of a session, so that a test can end the tracer at any of them. */
@FunctionalInterface
interface Observer {
  Observer NONE = moment -> {};

  void at(Moment moment);

  /** The steps of a session, in their order. */
  enum Moment {
    SEIZED,
    STOPPED,
    STEPPING,
    AT_BOUNDARY,
    CALL_SKIPPED,
    BEFORE_SIGNAL,
    AFTER_SIGNAL,
    RELEASED
  }
}
