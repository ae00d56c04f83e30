package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kidreaper.linux.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The seized threads of one process: makes them stop and run, and keeps track of where each is.
 *
 * <p>What it promises about waiting: a stop is never lost, though another thread of this JVM may
 * take the news of it (a {@code waitpid} for a child of ours, such as {@link Process} makes, gets
 * the stops of that child too); and a child of ours that ends is not reaped here, since its exit
 * status belongs to whoever started it. Belongs to the tracer's thread.
 */
final class Tracees implements AutoCloseable {
  private static final int SYSCALL_INFO_BYTES = 88;
  private static final byte INFO_ENTRY = 1;
  private static final byte INFO_EXIT = 2;

  private final PtraceCalls calls;
  private final Architecture architecture;
  private final Proc proc;
  private final int pid;
  private final boolean ourChild;
  private final int options;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment siginfo = arena.allocate(TaskEvent.SIGINFO_BYTES, 8);
  private final MemorySegment syscallInfo = arena.allocate(SYSCALL_INFO_BYTES, 8);
  private final MemorySegment registers;
  private final MemorySegment word = arena.allocate(JAVA_INT);
  private final List<Task> tasks = new ArrayList<>();
  private int stops;

  Tracees(PtraceCalls calls, Architecture architecture, Proc proc, int pid, boolean ourChild) {
    this(
        calls,
        architecture,
        proc,
        pid,
        ourChild,
        PtraceCalls.O_TRACESYSGOOD | PtraceCalls.O_TRACEEXEC);
  }

  /**
   * @param options of ptrace, O_TRACESYSGOOD among them
   */
  Tracees(
      PtraceCalls calls,
      Architecture architecture,
      Proc proc,
      int pid,
      boolean ourChild,
      int options) {
    this.calls = calls;
    this.architecture = architecture;
    this.proc = proc;
    this.pid = pid;
    this.ourChild = ourChild;
    this.options = options;
    this.registers = arena.allocate(architecture.registerBytes(), 8);
  }

  /** The threads seized so far that have not ended. */
  List<Task> tasks() {
    return tasks;
  }

  /** How many stops were seen. */
  int stops() {
    return stops;
  }

  Optional<Task> anyRunning() {
    return tasks.stream().filter(Task::running).findFirst();
  }

  /**
   * Seizes and interrupts every thread that is not seized yet.
   *
   * @return how many were new, or the negated errno if not even the first could be seized
   */
  int seizeNew() {
    int seized = 0;
    for (int tid : proc.threads(pid)) {
      if (tasks.stream().anyMatch(task -> task.tid() == tid)) {
        continue;
      }
      int result = calls.seize(tid, options);
      if (result < 0 && tasks.isEmpty() && !ended(tid)) {
        return result;
      }
      // A thread that cannot be seized while others can has just ended: its main thread may, too.
      if (result >= 0) {
        Task task = new Task(tid);
        tasks.add(task);
        interrupt(task);
        seized++;
      }
    }
    return seized;
  }

  /** Takes note of tasks that the kernel has attached by itself; each is about to stop. */
  void noteAttached() {
    for (int tid : proc.threads(pid)) {
      if (tasks.stream().noneMatch(task -> task.tid() == tid)) {
        tasks.add(new Task(tid));
      }
    }
  }

  /** After an exec only the main thread is left, whichever called it. */
  void forgetAllButMain() {
    tasks.removeIf(task -> task.tid() != pid);
  }

  /** The registers of a stopped task: a segment that the next call overwrites, or empty. */
  Optional<MemorySegment> registersOf(Task task) {
    return calls.readRegisters(task.tid(), registers) == architecture.registerBytes()
        ? Optional.of(registers)
        : Optional.empty();
  }

  private boolean ended(int tid) {
    return proc.stat(pid, tid).map(TaskStat::ended).orElse(true);
  }

  /** Asks a running task to stop. Any other stop that comes first uses this up. */
  void interrupt(Task task) {
    if (architecture.losesFirstArgument()) {
      task.seenBeforeInterrupt(proc.call(pid, task.tid()));
    }
    int _ = calls.interrupt(task.tid()); // ESRCH: it has ended, which is news to come
  }

  /** Lets a stopped task run to its next system call stop. */
  void resume(Task task) {
    int _ = calls.resumeToSyscall(task.tid(), task.signalToPassOn());
    // Where it failed the task was killed in its stop: it runs to its end.
    task.is(new TaskState.Running());
  }

  /** Lets a stopped task go for good. False if it was killed meanwhile and is still to end. */
  boolean detach(Task task) {
    boolean left = calls.detach(task.tid(), task.signalToPassOn()) >= 0;
    if (left) {
      tasks.remove(task);
    } else {
      task.is(new TaskState.Running());
    }
    return left;
  }

  /**
   * Waits until a task stops or ends.
   *
   * @return that task, or null when the alarm ticked or no task is left
   */
  @Nullable Task await() {
    return tasks.size() == 1 ? awaitOnly(tasks.getFirst()) : awaitAny();
  }

  /** Waits for one task alone. */
  @Nullable Task awaitOnly(Task task) {
    siginfo.fill((byte) 0);
    int exits = reapable(task) ? WaitFor.WEXITED : 0;
    int result =
        calls.waitId(WaitFor.TASK, task.tid(), siginfo, WaitFor.WSTOPPED | exits | WaitFor.WALL);
    return switch (result) {
      case 0 -> happened(task, TaskEvent.ofWait(siginfo));
      case -Errno.EINTR -> stolen();
      // It has ended; its parent is this process, and has reaped it or will.
      case -Errno.ECHILD -> happened(task, new TaskEvent.Ended());
      default -> throw new TracingFailure("waitid", -result, "task " + task.tid());
    };
  }

  private @Nullable Task awaitAny() {
    siginfo.fill((byte) 0);
    int options =
        WaitFor.WSTOPPED
            | WaitFor.WEXITED
            | WaitFor.WNOWAIT
            | WaitFor.WALL
            | WaitFor.THIS_THREADS_ONLY;
    int result = calls.waitId(WaitFor.ALL, 0, siginfo, options);
    if (result == -Errno.EINTR) {
      return stolen();
    }
    if (result == -Errno.ECHILD) {
      tasks.clear();
      return null;
    }
    if (result < 0) {
      throw new TracingFailure("waitid", -result, "the threads of " + pid);
    }
    int tid = TaskEvent.taskOf(siginfo);
    TaskEvent event = TaskEvent.ofWait(siginfo);
    Optional<Task> known = tasks.stream().filter(task -> task.tid() == tid).findFirst();
    boolean ended = event instanceof TaskEvent.Ended;
    // Seen with WNOWAIT, so that the end of a child of ours stays for its starter.
    if (!ended || known.isEmpty() || reapable(known.get())) {
      int kind = ended ? WaitFor.WEXITED : WaitFor.WSTOPPED;
      int _ = calls.waitId(WaitFor.TASK, tid, siginfo, kind | WaitFor.WNOHANG | WaitFor.WALL);
    }
    return known.isPresent() ? happened(known.get(), event) : null;
  }

  private boolean reapable(Task task) {
    return !ourChild || task.tid() != pid;
  }

  /** A task that has stopped without our being told, or null. */
  private @Nullable Task stolen() {
    for (Task task : tasks) {
      if (task.running() && calls.readSignalInfo(task.tid(), siginfo) >= 0) {
        return happened(task, TaskEvent.ofSignalInfo(siginfo));
      }
    }
    return null;
  }

  private Task happened(Task task, TaskEvent event) {
    stops++;
    task.is(
        switch (event) {
          case TaskEvent.AtSyscall() -> atSyscall(task);
          case TaskEvent.Interrupted() -> interrupted(task);
          case TaskEvent.SignalArrives(int signal) -> new TaskState.AtSignal(signal);
          case TaskEvent.GroupStopped() -> new TaskState.GroupStopped();
          case TaskEvent.Executed() -> new TaskState.Executed();
          case TaskEvent.Other() -> new TaskState.AtOther();
          case TaskEvent.Ended() -> new TaskState.Gone();
        });
    if (task.gone()) {
      tasks.remove(task);
    }
    return task;
  }

  // struct ptrace_syscall_info { u8 op; u8 _; u16 flags; u32 arch; u64 ip; u64 sp; u64 entry.nr,
  // args[6]; or exit.rval; …
  private TaskState atSyscall(Task task) {
    if (calls.readSyscallInfo(task.tid(), syscallInfo) < 0) {
      return new TaskState.Running(); // killed in its stop; its end is still to be told
    }
    if (syscallInfo.get(JAVA_INT, 4) != architecture.auditArchitecture()) {
      return new TaskState.Foreign();
    }
    return switch (syscallInfo.get(JAVA_BYTE, 0)) {
      case INFO_ENTRY -> {
        long number = syscallInfo.get(JAVA_LONG, 24);
        task.entered(syscallInfo.get(JAVA_LONG, 32), syscallInfo.get(JAVA_LONG, 40));
        if (architecture.syscalls().waits().contains(number)) {
          task.waitsIn(
              new WaitCall(number, syscallInfo.get(JAVA_LONG, 32), syscallInfo.get(JAVA_LONG, 40)));
        }
        yield new TaskState.AtEntry(number);
      }
      case INFO_EXIT -> {
        task.returned(syscallInfo.get(JAVA_LONG, 24));
        yield new TaskState.AtExit(task.lastEntered());
      }
      default -> new TaskState.AtOther();
    };
  }

  private TaskState interrupted(Task task) {
    int bytes = calls.readRegisters(task.tid(), registers);
    if (bytes == -Errno.ESRCH) {
      return new TaskState.Running();
    }
    if (bytes != architecture.registerBytes()) {
      return new TaskState.Foreign();
    }
    Architecture.Interrupted what =
        architecture.whatWasInterrupted(registers, address -> wordAt(task, address));
    // At once, so that whatever becomes of the tracer the program does not see an EINTR of ours.
    if (architecture.beginAgain(registers, task.beforeInterrupt())) {
      int _ = calls.writeRegisters(task.tid(), registers);
    }
    if (what instanceof Architecture.Interrupted.CallBroken(long number)
        && architecture.syscalls().waits().contains(number)) {
      task.waitsIn(architecture.call(number, registers));
    }
    return new TaskState.Interrupted(what);
  }

  private int wordAt(Task task, long address) {
    return calls.readMemory(task.tid(), address, word) == 4 ? word.get(JAVA_INT, 0) : 0;
  }

  /**
   * Takes back the call at whose entry a task stands: afterwards it looks as if it had been
   * interrupted inside that call.
   *
   * @param between told when the call is skipped, and nothing else is done yet
   * @return 0, or the negated errno; {@code -ESRCH} if it was killed meanwhile
   */
  int undoEntry(Task task, long number, Runnable between) {
    int failed = Math.min(calls.readRegisters(task.tid(), registers), 0);
    if (failed == 0) {
      failed = architecture.skipAtEntry(calls, task.tid(), registers, number);
    }
    if (failed < 0) {
      return failed;
    }
    between.run();
    MemorySegment skipped = arena.allocate(registers.byteSize(), 8).copyFrom(registers);
    resume(task);
    // The exit of a call that is not made follows at once, or else the end by SIGKILL.
    while (task.running()) {
      Task _ = awaitOnly(task);
    }
    if (!(task.state() instanceof TaskState.AtExit)) {
      return -Errno.ESRCH;
    }
    failed = architecture.interruptAtExit(calls, task.tid(), skipped, number);
    task.is(new TaskState.Interrupted(new Architecture.Interrupted.CallBroken(number)));
    return failed;
  }

  long readMemory(long address, MemorySegment buffer) {
    return calls.readMemory(pid, address, buffer);
  }

  @Override
  public void close() {
    arena.close();
  }
}
