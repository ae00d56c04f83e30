package io.kidreaper.linux.process;

/** What came of starting a process. */
public sealed interface Spawned {
  /**
   * It runs, and is our child.
   *
   * @param pid stays its own until it is reaped
   * @param outputFd read end of its standard output, ours to close
   * @param errorFd read end of its standard error, ours to close
   */
  record Child(int pid, int outputFd, int errorFd) implements Spawned {}

  /** The command can never work as it is. */
  record WrongCommand(String reason) implements Spawned {}

  /** The machine could not do it now: descriptors, processes or memory are short. */
  record OutOfResources(String reason) implements Spawned {}
}
