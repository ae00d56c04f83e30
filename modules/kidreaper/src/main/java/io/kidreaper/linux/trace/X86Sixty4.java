package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * x86-64. The registers are those of {@code struct user_regs_struct}:
 *
 * <pre>{@code
 *   0 r15    8 r14   16 r13   24 r12       32 rbp   40 rbx    48 r11    56 r10   64 r9
 *  72 r8    80 rax   88 rcx   96 rdx      104 rsi  112 rdi   120 orig_rax       128 rip
 * 136 cs   144 eflags         152 rsp     160 ss   168 fs_base  176 gs_base
 * 184 ds   192 es    200 fs   208 gs
 * }</pre>
 *
 * <p>{@code orig_rax} is the number of the call that the task is in, and −1 where it is in none;
 * the kernel takes the number from there after the entry stop, and looks there again to see which
 * call it may begin anew. So all that matters is in the one register set, and one write changes it
 * all.
 */
record X86Sixty4() implements Architecture {
  static final int RAX = 80;
  static final int RSI = 104;
  static final int RDI = 112;
  static final int ORIG_RAX = 120;
  static final int RIP = 128;
  static final int RSP = 152;

  /** rdi, rsi, rdx, r10, r8, r9 */
  private static final int[] ARGUMENTS = {112, 104, 96, 56, 72, 64};

  /** Bytes below the stack pointer that belong to the running function. */
  static final int RED_ZONE_BYTES = 128;

  /**
   * <pre>
   * syscall; pop rax; pop rdi; pop rsi; pop rdx; pop r10; pop r8; pop r9; pop r11;
   * lea rsp, [rsp + 128]; jmp r11
   * </pre>
   *
   * r11 is free, since the call at whose instruction it ends overwrites it; flags are left alone.
   */
  private static final byte[] STUB =
      HexFormat.of().parseHex("0f05585f5e5a415a41584159415b488da4248000000041ffe3");

  /** The instruction {@code syscall} has two bytes, as has {@code int 0x80}. */
  static final int SYSCALL_INSTRUCTION_BYTES = 2;

  private static final Syscalls SYSCALLS =
      new Syscalls(
          Set.of(43L, 288L), // accept, accept4
          // accept, accept4, poll, ppoll, select, pselect6, epoll_wait, epoll_pwait, epoll_pwait2,
          // restart_syscall
          Set.of(43L, 288L, 7L, 271L, 23L, 270L, 232L, 281L, 441L, 219L),
          Set.of(23L, 270L),
          Set.of(232L, 281L, 441L),
          Set.of(3L, 33L, 292L, 436L), // close, dup2, dup3, close_range
          Set.of(0L, 45L), // read, recvfrom
          // read, write, readv, writev, accept, connect, sendto, recvfrom, sendmsg, recvmsg, semop,
          // msgsnd, msgrcv, rt_sigtimedwait, futex, io_getevents, semtimedop, epoll_wait,
          // epoll_pwait, accept4, recvmmsg, sendmmsg, epoll_pwait2
          Set.of(
              0L, 1L, 19L, 20L, 43L, 42L, 44L, 45L, 46L, 47L, 65L, 69L, 70L, 128L, 202L, 208L, 220L,
              232L, 281L, 288L, 299L, 307L, 441L),
          217,
          186,
          222,
          223,
          226);

  private static final ForkCalls FORK_CALLS =
      new ForkCalls(56, 157, 112, 273, 274, 293, 257, 292, 3);

  private static final int BLOCK_WORDS = 8;

  @Override
  public Syscalls syscalls() {
    return SYSCALLS;
  }

  @Override
  public int auditArchitecture() {
    return 0xC000003E;
  }

  @Override
  public boolean losesFirstArgument() {
    return false;
  }

  @Override
  public int registerBytes() {
    return 216;
  }

  @Override
  public Interrupted whatWasInterrupted(MemorySegment registers, CodeReader code) {
    long number = registers.get(JAVA_LONG, ORIG_RAX);
    if (number < 0) {
      return new Interrupted.InProgram();
    }
    long result = registers.get(JAVA_LONG, RAX);
    // ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK
    boolean restarts = result == -512 || result == -513 || result == -514 || result == -516;
    return restarts || brokenByUs(number, result)
        ? new Interrupted.CallBroken(number)
        : new Interrupted.CallDone(number);
  }

  @Override
  public WaitCall call(long number, MemorySegment registers) {
    return new WaitCall(number, registers.get(JAVA_LONG, RDI), registers.get(JAVA_LONG, RSI));
  }

  @Override
  public boolean beginAgain(MemorySegment registers, CallLine before) {
    if (!brokenByUs(registers.get(JAVA_LONG, ORIG_RAX), registers.get(JAVA_LONG, RAX))) {
      return false;
    }
    registers.set(JAVA_LONG, RAX, RESTART_UNLESS_HANDLED);
    return true;
  }

  private static boolean brokenByUs(long number, long result) {
    return result == INTERRUPTED && SYSCALLS.breakable().contains(number);
  }

  /**
   * The call becomes none at all, and the program is set back to the instruction that makes it:
   * were the tracer to die now, the worker would simply make its call.
   */
  @Override
  public int skipAtEntry(PtraceCalls calls, int tid, MemorySegment registers, long number) {
    long next = registers.get(JAVA_LONG, RIP);
    registers.set(JAVA_LONG, RIP, next - SYSCALL_INSTRUCTION_BYTES);
    registers.set(JAVA_LONG, RAX, number);
    registers.set(JAVA_LONG, ORIG_RAX, -1);
    return Math.min(calls.writeRegisters(tid, registers), 0);
  }

  @Override
  public int interruptAtExit(PtraceCalls calls, int tid, MemorySegment registers, long number) {
    long again = registers.get(JAVA_LONG, RIP);
    registers.set(JAVA_LONG, RIP, again + SYSCALL_INSTRUCTION_BYTES);
    registers.set(JAVA_LONG, RAX, RESTART_UNLESS_HANDLED);
    registers.set(JAVA_LONG, ORIG_RAX, number);
    return Math.min(calls.writeRegisters(tid, registers), 0);
  }

  @Override
  public ForkCalls forkCalls() {
    return FORK_CALLS;
  }

  @Override
  public long argument(MemorySegment registers, int index) {
    return registers.get(JAVA_LONG, ARGUMENTS[index]);
  }

  @Override
  public long behindCall(MemorySegment registers) {
    return registers.get(JAVA_LONG, RIP);
  }

  @Override
  public int callInstructionBytes() {
    return SYSCALL_INSTRUCTION_BYTES;
  }

  @Override
  public long result(MemorySegment registers) {
    return registers.get(JAVA_LONG, RAX);
  }

  @Override
  public Optional<byte[]> stub(long at, MemorySegment home) {
    return Optional.of(STUB.clone());
  }

  @Override
  public long blockAddress(MemorySegment home) {
    return home.get(JAVA_LONG, RSP) - RED_ZONE_BYTES - (long) BLOCK_WORDS * Long.BYTES;
  }

  @Override
  public long[] block(MemorySegment home, long number) {
    long[] block = new long[BLOCK_WORDS];
    block[0] = number;
    for (int i = 0; i < ARGUMENTS.length; i++) {
      block[i + 1] = argument(home, i);
    }
    block[BLOCK_WORDS - 1] = behindCall(home) - SYSCALL_INSTRUCTION_BYTES;
    return block;
  }

  /** One write. Number −1 is what keeps a call that was entered from being made. */
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
    registers.set(JAVA_LONG, RIP, stub);
    registers.set(JAVA_LONG, RSP, block);
    registers.set(JAVA_LONG, RAX, number);
    registers.set(JAVA_LONG, ORIG_RAX, -1);
    for (int i = 0; i < ARGUMENTS.length; i++) {
      registers.set(JAVA_LONG, ARGUMENTS[i], i < arguments.length ? arguments[i] : 0);
    }
    return Math.min(calls.writeRegisters(tid, registers), 0);
  }

  /** {@code clone(flags, stack, parent_tid, child_tid, tls)}. */
  @Override
  public long[] cloneArguments(long flags, long childTidAddress) {
    return new long[] {flags, 0, 0, childTidAddress, 0};
  }
}
