package io.kidreaper.linux.trace;

import java.util.Optional;

/** One seized thread of the worker. */
final class Task {
  private final int tid;
  private TaskState state = new TaskState.Running();
  private long lastEntered = -1;
  private long firstArgument;
  private long secondArgument;
  private long result;
  private Optional<WaitCall> waitCall = Optional.empty();
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
    if (now instanceof TaskState.Running) {
      waitCall = Optional.empty();
    }
    state = now;
  }

  /** The call whose exit is seen next. */
  long lastEntered() {
    return lastEntered;
  }

  void entered(long first, long second) {
    firstArgument = first;
    secondArgument = second;
  }

  void returned(long value) {
    result = value;
  }

  /** The first argument of the call that was entered last. */
  long firstArgument() {
    return firstArgument;
  }

  /** The second argument of the call that was entered last. */
  long secondArgument() {
    return secondArgument;
  }

  /** What the call returned at whose exit it stands; a negated errno where it failed. */
  long result() {
    return result;
  }

  /** The wait call that it is at the entry of, or was interrupted in. */
  Optional<WaitCall> waitCall() {
    return waitCall;
  }

  void waitsIn(WaitCall call) {
    waitCall = Optional.of(call);
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
