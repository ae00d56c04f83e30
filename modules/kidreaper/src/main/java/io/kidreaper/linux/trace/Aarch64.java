package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.Set;

/**
 * aarch64. The registers are those of {@code struct user_pt_regs}:
 *
 * <pre>{@code
 * 0 x0 … 240 x30    248 sp    256 pc    264 pstate
 * }</pre>
 *
 * <p>The number of a call is in x8, but once it is entered the kernel keeps it apart from the
 * registers ({@code NT_ARM_SYSTEM_CALL}), and x0 is both the first argument and the result. So to
 * skip a call takes two writes on kernels before 6.16, and their order matters: were the number set
 * to −1 first and the tracer to die before the result is written, accept would return its own first
 * argument, and the worker would take the listening socket for a new connection. Written the other
 * way round, a death in between makes accept fail with EBADF, which costs no request since the
 * worker holds none. From 6.16 on {@code PTRACE_SET_SYSCALL_INFO} does both at once (the result is
 * then ENOSYS until the exit), and there is no moment in between.
 *
 * <p>Another difference: before a stop by {@code PTRACE_INTERRUPT} the kernel has already set back
 * a call that it will begin anew: pc at the {@code svc} instruction, x0 the first argument. A task
 * that happened to be stopped just before making the call looks the same, and is at the same
 * boundary.
 */
record Aarch64() implements Architecture {
  static final int X0 = 0;
  static final int X1 = 8;
  static final int X8 = 64;
  static final int SP = 248;
  static final int PC = 256;
  private static final int ARGUMENTS = 6;

  /**
   * What comes before the branch: the call, then its registers from the stack. No register is free
   * for a branch to any address, since a call leaves all of them alone; hence {@code b}, which
   * reaches 128 MiB. There is no red zone.
   *
   * <pre>
   * svc #0; ldp x0, x1, [sp], #16; ldp x2, x3, [sp], #16; ldp x4, x5, [sp], #16; ldr x8, [sp], #16
   * </pre>
   */
  private static final int[] STUB = {0xd4000001, 0xa8c107e0, 0xa8c10fe2, 0xa8c117e4, 0xf84107e8};

  private static final int BRANCH = 0x14000000;
  private static final long BRANCH_REACH_BYTES = 1L << 27;
  private static final int BLOCK_WORDS = 8;
  private static final int NO_CALL = -1;
  private static final int NO_SUCH_CALL = 0x7fff;

  private static final ForkCalls FORK_CALLS = new ForkCalls(220, 167, 157, 99, 100, 59, 56, 24, 57);

  /** {@code svc #0}, as the kernel's own interface asks for. */
  static final int SVC = 0xd4000001;

  private static final long PPOLL = 73;
  static final int INSTRUCTION_BYTES = 4;
  static final int NT_ARM_SYSTEM_CALL = 0x404;
  private static final int PTRACE_SYSCALL_INFO_BYTES = 88;

  private static final Syscalls SYSCALLS =
      new Syscalls(
          Set.of(202L, 242L), // accept, accept4
          // accept, accept4, pselect6, ppoll, epoll_pwait, epoll_pwait2; the older ones do not
          // exist,
          // and of these none becomes restart_syscall
          Set.of(202L, 242L, 72L, 73L, 22L, 441L),
          Set.of(72L),
          Set.of(22L, 441L),
          Set.of(57L, 24L, 436L), // close, dup3, close_range
          Set.of(63L, 207L), // read, recvfrom
          // read, write, readv, writev, accept, connect, sendto, recvfrom, sendmsg, recvmsg, semop,
          // semtimedop, msgsnd, msgrcv, rt_sigtimedwait, futex, io_getevents, epoll_pwait, accept4,
          // recvmmsg, sendmmsg, epoll_pwait2
          Set.of(
              63L, 64L, 65L, 66L, 202L, 203L, 206L, 207L, 211L, 212L, 193L, 192L, 189L, 188L, 137L,
              98L, 4L, 22L, 242L, 243L, 269L, 441L),
          61,
          178,
          107,
          110,
          111);

  @Override
  public Syscalls syscalls() {
    return SYSCALLS;
  }

  @Override
  public int auditArchitecture() {
    return 0xC00000B7;
  }

  @Override
  public boolean losesFirstArgument() {
    return true;
  }

  @Override
  public int registerBytes() {
    return 272;
  }

  @Override
  public Interrupted whatWasInterrupted(MemorySegment registers, CodeReader code) {
    long pc = registers.get(JAVA_LONG, PC);
    long number = registers.get(JAVA_LONG, X8);
    if (code.wordAt(pc) == SVC) {
      return new Interrupted.CallBroken(number);
    }
    if (code.wordAt(pc - INSTRUCTION_BYTES) != SVC) {
      return new Interrupted.InProgram();
    }
    boolean broken =
        registers.get(JAVA_LONG, X0) == INTERRUPTED && SYSCALLS.breakable().contains(number);
    return broken ? new Interrupted.CallBroken(number) : new Interrupted.CallDone(number);
  }

  /** Where x0 is a result and could not be set back, it is no descriptor that listens. */
  @Override
  public WaitCall call(long number, MemorySegment registers) {
    return new WaitCall(number, registers.get(JAVA_LONG, X0), registers.get(JAVA_LONG, X1));
  }

  /** x0 held the first argument and is lost; only the look just before still has it. */
  @Override
  public boolean beginAgain(MemorySegment registers, CallLine before) {
    long pc = registers.get(JAVA_LONG, PC);
    long number = registers.get(JAVA_LONG, X8);
    if (registers.get(JAVA_LONG, X0) != INTERRUPTED
        || !SYSCALLS.breakable().contains(number)
        || !(before instanceof CallLine.InCall call)
        || call.number() != number
        || call.programCounter() != pc) {
      return false;
    }
    registers.set(JAVA_LONG, X0, call.firstArgument());
    registers.set(JAVA_LONG, PC, pc - INSTRUCTION_BYTES);
    return true;
  }

  @Override
  public int skipAtEntry(PtraceCalls calls, int tid, MemorySegment registers, long number) {
    try (Arena arena = Arena.ofConfined()) {
      if (calls.writeSyscallInfo(tid, noCall(arena)) >= 0) {
        return 0;
      }
      registers.set(JAVA_LONG, X0, INTERRUPTED);
      int written = calls.writeRegisters(tid, registers);
      return written < 0 ? written : setNumber(calls, tid, arena, -1);
    }
  }

  /**
   * In an order in which each moment is a whole one: first EINTR, which any program may see; then
   * the number, so that the kernel knows which call to begin again; then the wish to.
   */
  @Override
  public int interruptAtExit(PtraceCalls calls, int tid, MemorySegment registers, long number) {
    try (Arena arena = Arena.ofConfined()) {
      registers.set(JAVA_LONG, X0, INTERRUPTED);
      int failed = Math.min(calls.writeRegisters(tid, registers), 0);
      if (failed == 0) {
        failed = setNumber(calls, tid, arena, (int) number);
      }
      if (failed == 0) {
        registers.set(JAVA_LONG, X0, RESTART_UNLESS_HANDLED);
        failed = Math.min(calls.writeRegisters(tid, registers), 0);
      }
      return failed;
    }
  }

  private static int setNumber(PtraceCalls calls, int tid, Arena arena, int number) {
    MemorySegment value = arena.allocate(JAVA_INT);
    value.set(JAVA_INT, 0, number);
    return Math.min(calls.writeRegisterSet(tid, NT_ARM_SYSTEM_CALL, value), 0);
  }

  /** A {@code struct ptrace_syscall_info} that says: entered, number −1. */
  private static MemorySegment noCall(Arena arena) {
    MemorySegment info = arena.allocate(PTRACE_SYSCALL_INFO_BYTES, 8);
    info.set(JAVA_BYTE, 0, (byte) 1);
    info.set(JAVA_LONG, 24, -1);
    return info;
  }

  @Override
  public ForkCalls forkCalls() {
    return FORK_CALLS;
  }

  @Override
  public long argument(MemorySegment registers, int index) {
    return registers.get(JAVA_LONG, X0 + (long) index * Long.BYTES);
  }

  @Override
  public long behindCall(MemorySegment registers) {
    return registers.get(JAVA_LONG, PC);
  }

  @Override
  public int callInstructionBytes() {
    return INSTRUCTION_BYTES;
  }

  @Override
  public long result(MemorySegment registers) {
    return registers.get(JAVA_LONG, X0);
  }

  @Override
  public Optional<byte[]> stub(long at, MemorySegment home) {
    long branchAt = at + (long) STUB.length * INSTRUCTION_BYTES;
    long distance = behindCall(home) - INSTRUCTION_BYTES - branchAt;
    if (distance < -BRANCH_REACH_BYTES || distance >= BRANCH_REACH_BYTES) {
      return Optional.empty();
    }
    ByteBuffer code =
        ByteBuffer.allocate((STUB.length + 1) * INSTRUCTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int instruction : STUB) {
      code.putInt(instruction);
    }
    code.putInt(BRANCH | ((int) (distance / INSTRUCTION_BYTES) & 0x3ffffff));
    return Optional.of(code.array());
  }

  @Override
  public long blockAddress(MemorySegment home) {
    return home.get(JAVA_LONG, SP) - (long) BLOCK_WORDS * Long.BYTES;
  }

  @Override
  public long[] block(MemorySegment home, long number) {
    long[] block = new long[BLOCK_WORDS];
    for (int i = 0; i < ARGUMENTS; i++) {
      block[i] = argument(home, i);
    }
    block[ARGUMENTS] = number;
    return block;
  }

  /**
   * At an entry two writes are needed, and their order matters. With the registers first, a death
   * in between lets the wait call run with arguments that accept and pselect6 fail on, and what is
   * then called from the stub has that failure as its first argument: clone refuses such flags. The
   * other way round the wait call would be skipped and return its own first argument as a
   * connection. ppoll would take the arguments of a clone for "wait for nothing, for ever"; so it
   * is first made a call that does not exist.
   */
  @Override
  public int aim(
      PtraceCalls calls,
      int tid,
      long entered,
      MemorySegment registers,
      long stub,
      long block,
      long number,
      long... arguments) {
    registers.set(JAVA_LONG, PC, stub);
    registers.set(JAVA_LONG, SP, block);
    registers.set(JAVA_LONG, X8, number);
    for (int i = 0; i < ARGUMENTS; i++) {
      registers.set(JAVA_LONG, X0 + (long) i * Long.BYTES, i < arguments.length ? arguments[i] : 0);
    }
    try (Arena arena = Arena.ofConfined()) {
      int failed = 0;
      if (entered == PPOLL) {
        failed = setNumber(calls, tid, arena, NO_SUCH_CALL);
      }
      if (failed == 0) {
        failed = Math.min(calls.writeRegisters(tid, registers), 0);
      }
      return failed < 0 || entered < 0 ? failed : setNumber(calls, tid, arena, NO_CALL);
    }
  }

  /** {@code clone(flags, stack, parent_tid, tls, child_tid)}. */
  @Override
  public long[] cloneArguments(long flags, long childTidAddress) {
    return new long[] {flags, 0, 0, 0, childTidAddress};
  }
}
