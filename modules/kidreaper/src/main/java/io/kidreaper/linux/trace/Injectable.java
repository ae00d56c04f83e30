package io.kidreaper.linux.trace;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * How a task that stands at the entry of a wait call is made to make other calls, in such a way
 * that it finds back by itself, whenever the tracer dies.
 *
 * <p>The way back is a few instructions (the stub), written over the program's entry point, which
 * has run once and never runs again. They make a call, then load the registers of the wait call
 * from the stack, set the stack pointer back and jump to the instruction that makes the wait call:
 *
 * <pre>
 *   stack       … the task's own …  | red zone | block | scratch …
 *               home stack pointer ^            ^ stack pointer in the stub
 * </pre>
 *
 * So there is one moment at which anything is decided: the one write of the registers that sends
 * the task to the stub. What is left of a dead tracer is a task, or two, that return to their wait
 * call. Were the call made in place, a task left alone would take its result for a connection.
 *
 * <p>The stack below the stack pointer is free but for the red zone: a signal handler would use far
 * more of it at any moment.
 */
interface Injectable {
  /** Bytes of the block and of the scratch room below it. */
  int SCRATCH_BYTES = 256;

  /** The numbers of the calls. */
  ForkCalls forkCalls();

  /**
   * An argument of the call at whose entry a task stands.
   *
   * @param index from 0 to 5
   */
  long argument(MemorySegment registers, int index);

  /** The address behind the instruction that made the present call. */
  long behindCall(MemorySegment registers);

  /** Bytes from the stub's start to behind its call instruction. */
  int callInstructionBytes();

  /** What a call returned, at its exit. */
  long result(MemorySegment registers);

  /**
   * The stub.
   *
   * @param at where it will lie
   * @param home registers at the entry of the wait call
   * @return empty where the wait call cannot be reached from there
   */
  Optional<byte[]> stub(long at, MemorySegment home);

  /** Where the block lies; the scratch room ends there. */
  long blockAddress(MemorySegment home);

  /**
   * What the stub loads.
   *
   * @param number of the wait call
   */
  long[] block(MemorySegment home, long number);

  /**
   * Sends a stopped task to the stub, to make a call when it is resumed.
   *
   * @param entered the call at whose entry it stands, which is then not made; −1 for none
   * @param registers of the task as it stands; changed
   * @return 0 or the negated errno
   */
  int aim(
      PtraceCalls calls,
      int tid,
      long entered,
      MemorySegment registers,
      long stub,
      long block,
      long number,
      long... arguments);

  /** The arguments of {@code clone(2)}, whose order differs. */
  long[] cloneArguments(long flags, long childTidAddress);
}
