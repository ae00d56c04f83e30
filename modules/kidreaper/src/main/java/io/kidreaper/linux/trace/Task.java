package io.kidreaper.linux.trace;

/** One seized thread of the worker. */
final class Task {
  private final int tid;
  private TaskState state = new TaskState.Running();
  private long lastEntered = -1;
  private CallLine beforeInterrupt = new CallLine.Elsewhere();

  Task(int tid) {
    this.tid = tid;
  }

  int tid() {
    return tid;
  }

  TaskState state() {
    return state;
  }

  boolean running() {
    return state instanceof TaskState.Running;
  }

  boolean gone() {
    return state instanceof TaskState.Gone;
  }

  void is(TaskState now) {
    if (now instanceof TaskState.AtEntry(long number)) {
      lastEntered = number;
    }
    state = now;
  }

  /** The call whose exit is seen next. */
  long lastEntered() {
    return lastEntered;
  }

  CallLine beforeInterrupt() {
    return beforeInterrupt;
  }

  void seenBeforeInterrupt(CallLine line) {
    beforeInterrupt = line;
  }

  /** The signal that must go on to the task when it is let run or let go; 0 for none. */
  int signalToPassOn() {
    return state instanceof TaskState.AtSignal(int signal) ? signal : 0;
  }
}
