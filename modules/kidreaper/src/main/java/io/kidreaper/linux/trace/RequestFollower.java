package io.kidreaper.linux.trace;

import io.kidreaper.linux.trace.FollowEnd.Why;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/**
 * Follows a worker of one thread from boundary to boundary, call by call, and reads along the first
 * bytes that it reads off each accepted connection.
 *
 * <p>Several requests over one connection are one visit: between them the worker holds a
 * connection, and is at no boundary. A worker that reads by readv or recvmsg, or from a copy of the
 * descriptor, is followed without a head.
 */
final class RequestFollower {
  private static final int HEAD_BYTES = 16 * 1024;

  private final Tracees held;
  private final ConnectionsHeld connections;
  private final Approach approach;
  private final Syscalls syscalls;
  private final VisitListener listener;
  private final long untilNanos;
  private final Cancel cancel;
  private final byte[] head = new byte[HEAD_BYTES];

  private int headLength;
  private int accepted;
  private long connection = -1;
  private long acceptedNanos;

  RequestFollower(
      Tracees held,
      ConnectionsHeld connections,
      Approach approach,
      Architecture architecture,
      VisitListener listener,
      long untilNanos,
      Cancel cancel) {
    this.held = held;
    this.connections = connections;
    this.approach = approach;
    this.syscalls = architecture.syscalls();
    this.listener = listener;
    this.untilNanos = untilNanos;
    this.cancel = cancel;
  }

  /** From its boundary, at which it stands, until there is a reason to end. */
  FollowEnd follow() {
    int before = held.stops();
    try {
      if (held.tasks().size() != 1) {
        return new FollowEnd(Why.THREADS, 0);
      }
      listener.begins();
      Optional<Why> end = Optional.empty();
      while (end.isEmpty()) {
        end = step();
      }
      return new FollowEnd(end.get(), held.stops() - before);
    } finally {
      Arrays.fill(head, (byte) 0);
    }
  }

  private Optional<Why> step() {
    if (held.tasks().isEmpty()) {
      return Optional.of(Why.ENDED);
    }
    if (cancel.requested()) {
      return Optional.of(Why.CANCELLED);
    }
    if (System.nanoTime() >= untilNanos) {
      return Optional.of(Why.TIME);
    }
    Task task = held.tasks().getFirst();
    if (task.running()) {
      Task _ = held.await(); // or the alarm, which is no news
      return Optional.empty();
    }
    Optional<Why> end =
        switch (task.state()) {
          case TaskState.AtEntry(long _) -> atEntry(task);
          case TaskState.AtExit(long number) -> {
            atExit(task, number);
            yield Optional.empty();
          }
          case TaskState.Executed() -> Optional.of(Why.REPLACED);
          case TaskState.GroupStopped() -> Optional.of(Why.STOPPED);
          case TaskState.Foreign() -> Optional.of(Why.UNCLEAR);
          case TaskState.Running(),
              TaskState.Interrupted(Architecture.Interrupted _),
              TaskState.AtSignal(int _),
              TaskState.AtOther(),
              TaskState.Gone() ->
              Optional.empty();
        };
    if (end.isEmpty()) {
      held.resume(task);
    }
    return end;
  }

  private Optional<Why> atEntry(Task task) {
    if (accepted == 0 || task.waitCall().isEmpty()) {
      return Optional.empty();
    }
    return switch (connections.now()) {
      case Holding.Unclear(Holding.Why _) -> Optional.of(Why.UNCLEAR);
      case Holding.Connections(int _) -> Optional.empty();
      case Holding.Nothing() -> approach.atListener(task) ? atBoundary() : Optional.empty();
    };
  }

  private Optional<Why> atBoundary() {
    long nanos = System.nanoTime() - acceptedNanos;
    boolean more = listener.visited(head, headLength, accepted, nanos);
    Arrays.fill(head, 0, headLength, (byte) 0);
    headLength = 0;
    accepted = 0;
    connection = -1;
    // A thread that it made runs untraced, and may take a connection unseen.
    if (held.seizeNew() > 0) {
      return Optional.of(Why.THREADS);
    }
    return more ? Optional.empty() : Optional.of(Why.DONE);
  }

  private void atExit(Task task, long number) {
    if (task.result() < 0) {
      return;
    }
    if (syscalls.accepts().contains(number)) {
      if (connections.isListener((int) task.firstArgument())) {
        if (accepted == 0) {
          acceptedNanos = System.nanoTime();
          connection = task.result();
        }
        accepted++;
      }
    } else if (syscalls.reads().contains(number)
        && (int) task.firstArgument() == connection
        && task.result() > 0) {
      readAlong(task);
    }
  }

  private void readAlong(Task task) {
    int length = (int) Math.min(task.result(), HEAD_BYTES - headLength);
    if (length <= 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(length);
      if (held.readMemory(task.secondArgument(), buffer) == length) {
        MemorySegment.copy(buffer, 0, MemorySegment.ofArray(head), headLength, length);
        headLength += length;
      }
    }
  }
}
