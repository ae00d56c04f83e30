package io.kidreaper.linux.trace;

/** What came of forking a worker from a template. */
public sealed interface Forked {
  /**
   * It is there, a child of this process, between two requests and free.
   *
   * @param outputFd read end of its standard output, the receiver's to close; −1 where the program
   *     writes elsewhere than to the pipe it was given
   * @param errorFd the same for its standard error
   * @param micros from the wish to its release
   */
  record Child(int pid, int outputFd, int errorFd, long micros) implements Forked {}

  /**
   * There is no worker, and nothing is left of the attempt.
   *
   * @param templateGone whether the template is of no use any more
   */
  record Failed(NotForkable why, boolean templateGone) implements Forked {}
}
