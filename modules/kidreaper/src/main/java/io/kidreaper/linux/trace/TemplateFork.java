package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.trace.TemplateObserver.Step;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Forks a worker from a template that stands at its wait call. */
final class TemplateFork {
  private static final long PR_GET_TID_ADDRESS = 40;
  private static final long SIGCHLD = 17;
  private static final long CLONE_PTRACE = 0x2000;
  private static final long CLONE_PARENT = 0x8000;
  private static final long CLONE_CHILD_CLEARTID = 0x200000;
  private static final long CLONE_CHILD_SETTID = 0x1000000;
  private static final long CHILD_STOP_NANOS = 5_000_000_000L;

  private final TemplateEquipment equipment;
  private final PtraceCalls calls;
  private final Architecture architecture;
  private final int pid;

  TemplateFork(TemplateEquipment equipment, int pid) {
    this.equipment = equipment;
    this.calls = equipment.calls();
    this.architecture = equipment.architecture();
    this.pid = pid;
  }

  /** Where the C library keeps the thread's id, or why that cannot be known. */
  sealed interface TidAddress {
    record At(long address) implements TidAddress {}

    record Unknown(NotForkable why) implements TidAddress {}
  }

  /**
   * Where the thread registered the address of its id with {@code set_tid_address(2)}; a program
   * without a C library has registered none, and 0 is right for it.
   */
  TidAddress tidAddress(Injector template) {
    OptionalLong result =
        template.call(
            () -> equipment.observer().at(Step.AIMED),
            architecture.forkCalls().prctl(),
            PR_GET_TID_ADDRESS,
            template.scratch());
    if (result.isEmpty()) {
      return new TidAddress.Unknown(lost());
    }
    if (result.getAsLong() < 0) {
      return new TidAddress.Unknown(
          new NotForkable.CallRefused("prctl(PR_GET_TID_ADDRESS)", (int) -result.getAsLong()));
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(JAVA_LONG);
      MemorySegment tid = arena.allocate(JAVA_INT);
      if (calls.readMemory(pid, template.scratch(), address) != Long.BYTES) {
        return new TidAddress.Unknown(new NotForkable.Ended());
      }
      long at = address.get(JAVA_LONG, 0);
      if (at != 0 && calls.readMemory(pid, at, tid) != Integer.BYTES) {
        return new TidAddress.Unknown(
            new NotForkable.NoStub("its thread id is not where it said it is"));
      }
      return new TidAddress.At(at);
    }
  }

  /** What came of one fork, as far as the child is concerned. */
  sealed interface Outcome {
    record Child(int pid, int outputFd, int errorFd) implements Outcome {}

    record Failed(NotForkable why) implements Outcome {}
  }

  /**
   * Makes the template clone itself, equips the child and lets it go. Afterwards the template
   * stands at the exit of its clone call and is to be brought home.
   */
  Outcome fork(
      Injector template,
      long tidAddress,
      StreamCopies output,
      StreamCopies error,
      OptionalInt deathSignal) {
    long tidFlags = tidAddress == 0 ? 0 : CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
    // CLONE_PTRACE, so that the child is ours before it has made a step, and only if we still are.
    OptionalLong result =
        template.call(
            () -> equipment.observer().at(Step.FORK_AIMED),
            architecture.forkCalls().cloneTask(),
            architecture.cloneArguments(
                CLONE_PARENT | CLONE_PTRACE | tidFlags | SIGCHLD, tidAddress));
    if (result.isEmpty()) {
      return new Outcome.Failed(lost());
    }
    if (result.getAsLong() < 0) {
      return new Outcome.Failed(new NotForkable.CallRefused("clone", (int) -result.getAsLong()));
    }
    equipment.observer().at(Step.CLONED);
    int childPid = (int) result.getAsLong();
    try (Tracees held = new Tracees(calls, architecture, equipment.proc(), childPid, true, 0)) {
      held.noteAttached();
      if (!stopped(held)) {
        return failed(childPid, new NotForkable.CallRefused("clone", Errno.ESRCH));
      }
      equipment.observer().at(Step.CHILD_STOPPED);
      Task child = held.tasks().getFirst();
      Injector injector = template.of(held, child);
      return switch (new ChildSetup(equipment, injector).run(pid, output, error, deathSignal)) {
        case ChildSetup.Done.Failed(String call, int errno) ->
            failed(childPid, new NotForkable.CallRefused(call, errno));
        case ChildSetup.Done.Ready(int outputFd, int errorFd) -> {
          equipment.observer().at(Step.CHILD_READY);
          boolean _ = held.detach(child); // killed meanwhile: then its end is seen as any other's
          equipment.observer().at(Step.CHILD_FREE);
          yield new Outcome.Child(childPid, outputFd, errorFd);
        }
      };
    }
  }

  /** Whether the template is a process no more. */
  boolean hasEnded() {
    return equipment.proc().stat(pid).map(TaskStat::ended).orElse(true);
  }

  private NotForkable lost() {
    return hasEnded() ? new NotForkable.Ended() : new NotForkable.LedAway();
  }

  private static boolean stopped(Tracees held) {
    long until = System.nanoTime() + CHILD_STOP_NANOS;
    while (!held.tasks().isEmpty() && System.nanoTime() < until) {
      Task child = held.tasks().getFirst();
      if (!child.running()) {
        return true;
      }
      Task _ = held.awaitOnly(child);
    }
    return false;
  }

  /** It has never run, so nothing is lost with it. Nobody else knows it, so it is reaped here. */
  private Outcome failed(int childPid, NotForkable why) {
    int _ = calls.kill(childPid);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment siginfo = arena.allocate(TaskEvent.SIGINFO_BYTES, 8);
      long until = System.nanoTime() + CHILD_STOP_NANOS;
      int result = -Errno.EINTR;
      while (result == -Errno.EINTR && System.nanoTime() < until) {
        result = calls.waitId(WaitFor.TASK, childPid, siginfo, WaitFor.WEXITED | WaitFor.WALL);
      }
    }
    return new Outcome.Failed(why);
  }
}
