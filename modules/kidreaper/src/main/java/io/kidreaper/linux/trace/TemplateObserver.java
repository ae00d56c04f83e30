package io.kidreaper.linux.trace;

/**
 * Told of each step in the life of a template, so that a test can end the tracer at any of them.
 */
@FunctionalInterface
interface TemplateObserver {
  TemplateObserver NONE = step -> {};

  void at(Step step);

  /** The steps, in their order; the last eight come with each fork. */
  enum Step {
    SEIZED,
    BOOTING,
    AT_WAIT,
    STUB_WRITTEN,
    AIMED,
    STANDING,
    FORK_AIMED,
    CLONED,
    CHILD_STOPPED,
    CHILD_AIMED,
    CHILD_CALLED,
    CHILD_READY,
    CHILD_FREE,
    AGAIN_STANDING
  }
}
