package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.trace.TemplateObserver.Step;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a forked worker is made to do before it is let go, so that it stands as one that was started
 * as a program of its own: its own session, its own pipes to us, the death signal.
 *
 * <p>What it inherits rightly as it is: memory, descriptors, dispositions, mask, limits, user, its
 * rseq registration (the kernel copies that with the memory). What fork(3) would mend is mended:
 * the thread's id in its control block, by CLONE_CHILD_SETTID, and the list of robust mutexes,
 * which the kernel forgets at a fork. What fork(3) would run is not run: handlers of {@code
 * pthread_atfork}.
 */
final class ChildSetup {
  private static final long PR_SET_PDEATHSIG = 1;
  private static final long AT_FDCWD = -100;
  private static final long O_RDWR = 2;
  private static final long O_NONBLOCK = 04000;
  private static final long O_CLOEXEC = 02000000;

  /** Within the scratch room: first the ends of a pipe, then a path. */
  private static final int PATH_OFFSET = 16;

  /** What came of it. */
  sealed interface Done {
    /**
     * @param outputFd our read end, −1 where the program writes elsewhere
     * @param errorFd the same
     */
    record Ready(int outputFd, int errorFd) implements Done {}

    record Failed(String call, int errno) implements Done {}
  }

  private final TemplateEquipment equipment;
  private final PtraceCalls calls;
  private final ForkCalls numbers;
  private final Injector child;

  ChildSetup(TemplateEquipment equipment, Injector child) {
    this.equipment = equipment;
    this.calls = equipment.calls();
    this.numbers = equipment.architecture().forkCalls();
    this.child = child;
  }

  Done run(int templatePid, StreamCopies output, StreamCopies error, OptionalInt deathSignal) {
    int outputFd = -1;
    int errorFd = -1;
    try {
      if (deathSignal.isPresent()) {
        call("prctl", numbers.prctl(), PR_SET_PDEATHSIG, deathSignal.getAsInt());
      }
      call("setsid", numbers.setsid());
      robustList(templatePid);
      outputFd = stream(output);
      errorFd = stream(error);
      equipment.observer().at(Step.CHILD_CALLED);
      return new Done.Ready(outputFd, errorFd);
    } catch (Refused refused) {
      if (outputFd >= 0) {
        int _ = equipment.libc().close(outputFd);
      }
      return new Done.Failed(refused.call, refused.errno);
    }
  }

  private void robustList(int templatePid) throws Refused {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocate(JAVA_LONG, 2);
      if (calls.readRobustList(templatePid, list) >= 0 && list.get(JAVA_LONG, 0) != 0) {
        call(
            "set_robust_list",
            numbers.setRobustList(),
            list.getAtIndex(JAVA_LONG, 0),
            list.getAtIndex(JAVA_LONG, 1));
      }
    }
  }

  /** A pipe of its own in all places where the template has its. */
  private int stream(StreamCopies inherited) throws Refused {
    if (inherited.copies().isEmpty()) {
      return -1;
    }
    call("pipe2", numbers.pipe2(), child.scratch(), O_CLOEXEC);
    int readEnd;
    int writeEnd;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      if (calls.readMemory(child.tid(), child.scratch(), ends) != ends.byteSize()) {
        throw new Refused("memory", Errno.ESRCH);
      }
      readEnd = ends.getAtIndex(JAVA_INT, 0);
      writeEnd = ends.getAtIndex(JAVA_INT, 1);
    }
    int ours = equipment.opener().open(child.tid(), readEnd);
    if (ours < 0) {
      throw new Refused("pipe2", -ours);
    }
    try {
      long bothWays = bothWays(writeEnd, inherited.nonBlocking());
      for (StreamCopies.Copy copy : inherited.copies()) {
        call("dup3", numbers.dup3(), bothWays, copy.fd(), copy.closeOnExec() ? O_CLOEXEC : 0);
      }
      call("close", numbers.close(), readEnd);
      call("close", numbers.close(), writeEnd);
      if (bothWays != writeEnd) {
        call("close", numbers.close(), bothWays);
      }
      return ours;
    } catch (Refused refused) {
      int _ = equipment.libc().close(ours);
      throw refused;
    }
  }

  /**
   * Open for reading too, as the pipes of a spawned worker are, so that it can write on when
   * kidreaper is dead; where it has no /proc the write end alone.
   */
  private long bothWays(int writeEnd, boolean nonBlocking) throws Refused {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom("/proc/self/fd/" + writeEnd);
      long address = child.scratch() + PATH_OFFSET;
      if (calls.writeMemory(child.tid(), address, path) != path.byteSize()) {
        throw new Refused("memory", Errno.ESRCH);
      }
      long flags = O_RDWR | O_CLOEXEC | (nonBlocking ? O_NONBLOCK : 0);
      OptionalLong opened = child.call(this::aimed, numbers.openat(), AT_FDCWD, address, flags);
      if (opened.isEmpty()) {
        throw new Refused("openat", Errno.ESRCH);
      }
      return opened.getAsLong() < 0 ? writeEnd : opened.getAsLong();
    }
  }

  private void call(String name, long number, long... arguments) throws Refused {
    OptionalLong result = child.call(this::aimed, number, arguments);
    if (result.isEmpty()) {
      throw new Refused(name, Errno.ESRCH);
    }
    if (result.getAsLong() < 0) {
      throw new Refused(name, (int) -result.getAsLong());
    }
  }

  private void aimed() {
    equipment.observer().at(Step.CHILD_AIMED);
  }

  /** Only between the methods of this class. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    Refused(String call, int errno) {
      super(call, null, false, false);
      this.call = call;
      this.errno = errno;
    }
  }
}
