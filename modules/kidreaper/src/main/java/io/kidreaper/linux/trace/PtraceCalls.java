package io.kidreaper.linux.trace;

import java.lang.foreign.MemorySegment;

/**
 * The calls that trace a process, one method each. See {@code ptrace(2)} and {@code wait(2)}.
 *
 * <p>Every method returns what the call returns, or the negated errno where it failed; none throws
 * for a failed call. {@code -ESRCH} from any of them but {@link #seize} means that the task is not
 * stopped (it runs, or it was killed meanwhile), not that the caller erred.
 *
 * <p>A tracee belongs to the <em>thread</em> that seized it: all calls for it come from that
 * thread, and when that thread ends the kernel lets the tracee run on. So nothing here sets {@code
 * PTRACE_O_EXITKILL}, and nothing stops a process with SIGSTOP.
 */
interface PtraceCalls {
  /** Marks system call stops with bit 7 of the signal, so that no real SIGTRAP looks like one. */
  int O_TRACESYSGOOD = 1;

  /** Reports an exec, after which the process is another program. */
  int O_TRACEEXEC = 1 << 4;

  /** Traces every thread that a traced one makes, from its start. */
  int O_TRACECLONE = 1 << 3;

  /** Attaches without stopping. {@code PTRACE_SEIZE}, Linux 3.4. */
  int seize(int tid, int options);

  /** Asks a running task to stop; the stop is reported later. {@code PTRACE_INTERRUPT}. */
  int interrupt(int tid);

  /** Lets a stopped task run to its next system call entry or exit. {@code PTRACE_SYSCALL}. */
  int resumeToSyscall(int tid, int signal);

  /** Lets a stopped task go, with a signal to deliver or 0. {@code PTRACE_DETACH}. */
  int detach(int tid, int signal);

  /**
   * Reads the general registers of a stopped task: bytes read. {@code PTRACE_GETREGSET} with {@code
   * NT_PRSTATUS}.
   */
  int readRegisters(int tid, MemorySegment registers);

  /** Writes the general registers of a stopped task, all in one call. {@code PTRACE_SETREGSET}. */
  int writeRegisters(int tid, MemorySegment registers);

  /** Writes another register set, in one call. {@code PTRACE_SETREGSET}. */
  int writeRegisterSet(int tid, int type, MemorySegment registers);

  /**
   * What a task at a system call stop is doing, as {@code struct ptrace_syscall_info}: bytes
   * available. {@code PTRACE_GET_SYSCALL_INFO}, Linux 5.3.
   */
  int readSyscallInfo(int tid, MemorySegment info);

  /** Changes number and arguments of an entered call at once. {@code PTRACE_SET_SYSCALL_INFO}. */
  int writeSyscallInfo(int tid, MemorySegment info);

  /** The {@code siginfo_t} of the present stop. {@code PTRACE_GETSIGINFO}. */
  int readSignalInfo(int tid, MemorySegment siginfo);

  /** Copies memory of a task, stopped or not: bytes copied. {@code process_vm_readv(2)}. */
  long readMemory(int tid, long address, MemorySegment buffer);

  /**
   * Writes memory that the task itself could write: bytes written. {@code process_vm_writev(2)}.
   */
  long writeMemory(int tid, long address, MemorySegment bytes);

  /**
   * Writes eight bytes into the memory of a stopped task, into its program too; the task gets a
   * page of its own for that. {@code PTRACE_POKEDATA}.
   */
  int poke(int tid, long address, long word);

  /**
   * The robust list that a task has registered: its head and its length.
   *
   * @param headAndLength two longs
   * @see <a
   *     href="https://man7.org/linux/man-pages/man2/get_robust_list.2.html">get_robust_list(2)</a>
   */
  int readRobustList(int tid, MemorySegment headAndLength);

  /**
   * SIGKILL to a process that is traced, or is a child of this one and not reaped, so that its pid
   * cannot be another's. {@code kill(2)}.
   */
  int kill(int pid);

  /**
   * Waits for news of tasks.
   *
   * @param idType {@link WaitFor#ALL} or {@link WaitFor#TASK}
   * @param siginfo filled in; its {@code si_pid} stays 0 where nothing was there with WNOHANG
   * @return 0, or the negated errno: {@code -EINTR} for the {@link Alarm}, {@code -ECHILD} where no
   *     such tracee is left
   * @see <a href="https://man7.org/linux/man-pages/man2/waitid.2.html">waitid(2)</a>
   */
  int waitId(int idType, int id, MemorySegment siginfo, int options);
}
