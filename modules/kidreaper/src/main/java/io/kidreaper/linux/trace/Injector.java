package io.kidreaper.linux.trace;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/**
 * Makes a stopped task call from its stub. After each call it stands at that call's exit; resumed
 * or let go there, it returns to its wait call.
 */
final class Injector {
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  private final PtraceCalls calls;
  private final Architecture architecture;
  private final Tracees held;
  private final Task task;
  private final long stub;
  private final long block;
  private final ListenerWait waits;

  /**
   * @param waits tells a task that was led away and has come to wait for a connection elsewhere: it
   *     is kept from that
   */
  Injector(
      PtraceCalls calls,
      Architecture architecture,
      Tracees held,
      Task task,
      long stub,
      long block,
      ListenerWait waits) {
    this.calls = calls;
    this.architecture = architecture;
    this.held = held;
    this.task = task;
    this.stub = stub;
    this.block = block;
    this.waits = waits;
  }

  /** The same for a copy of the task. */
  Injector of(Tracees copy, Task copied) {
    return new Injector(calls, architecture, copy, copied, stub, block, waits);
  }

  /** Room in the task's memory for what its calls read and write; of {@code SCRATCH_BYTES}. */
  long scratch() {
    return block - Injectable.SCRATCH_BYTES;
  }

  Task task() {
    return task;
  }

  int tid() {
    return task.tid();
  }

  /**
   * Makes one call. Handlers of signals that come meanwhile run, and the call is made when they
   * return.
   *
   * @param aimed told when the task is sent off and has not run yet
   * @return what the call returned; empty where the task was lost: it has ended, or a handler did
   *     not return and it goes its own way, or stands at its next wait for a connection
   */
  OptionalLong call(Runnable aimed, long number, long... arguments) {
    long entered = task.state() instanceof TaskState.AtEntry(long entry) ? entry : -1;
    MemorySegment registers = held.registersOf(task).orElse(null);
    if (registers == null
        || architecture.aim(calls, task.tid(), entered, registers, stub, block, number, arguments)
            < 0) {
      return OptionalLong.empty();
    }
    aimed.run();
    held.resume(task);
    long until = System.nanoTime() + PATIENCE_NANOS;
    boolean inside = false;
    while (!task.gone() && System.nanoTime() < until) {
      if (task.running()) {
        Task _ = held.awaitOnly(task);
        continue;
      }
      switch (task.state()) {
        case TaskState.AtEntry(long entry) -> {
          inside = entry == number && fromStub();
          if (!inside && waitsForConnection()) {
            return OptionalLong.empty();
          }
        }
        case TaskState.AtExit(long _) -> {
          OptionalLong result = inside ? result() : OptionalLong.empty();
          if (result.isPresent()) {
            return result;
          }
          inside = false;
        }
        case TaskState.Running(),
            TaskState.Interrupted(Architecture.Interrupted _),
            TaskState.AtSignal(int _),
            TaskState.GroupStopped(),
            TaskState.Executed(),
            TaskState.AtOther(),
            TaskState.Foreign(),
            TaskState.Gone() -> {}
      }
      held.resume(task);
    }
    return OptionalLong.empty();
  }

  private boolean waitsForConnection() {
    return task.waitCall().filter(waits::isOf).isPresent();
  }

  private boolean fromStub() {
    return held.registersOf(task)
        .filter(now -> architecture.behindCall(now) == stub + architecture.callInstructionBytes())
        .isPresent();
  }

  /** Empty where a signal came first and the kernel will begin the call anew. */
  private OptionalLong result() {
    MemorySegment registers = held.registersOf(task).orElse(null);
    if (registers == null) {
      return OptionalLong.empty();
    }
    long result = architecture.result(registers);
    return result <= -512 && result >= -516 ? OptionalLong.empty() : OptionalLong.of(result);
  }
}
