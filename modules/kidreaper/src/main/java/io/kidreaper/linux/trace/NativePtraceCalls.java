package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kidreaper.linux.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@link PtraceCalls} on the running system. Stateless; what must not change is the thread. */
final class NativePtraceCalls implements PtraceCalls {
  private static final long PTRACE_POKEDATA = 5;
  private static final long PTRACE_DETACH = 17;
  private static final long PTRACE_SYSCALL = 24;
  private static final long PTRACE_GETSIGINFO = 0x4202;
  private static final long PTRACE_GETREGSET = 0x4204;
  private static final long PTRACE_SETREGSET = 0x4205;
  private static final long PTRACE_SEIZE = 0x4206;
  private static final long PTRACE_INTERRUPT = 0x4207;
  private static final long PTRACE_GET_SYSCALL_INFO = 0x420e;
  private static final long PTRACE_SET_SYSCALL_INFO = 0x4212;
  private static final int SIGKILL = 9;
  private static final int NT_PRSTATUS = 1;

  // long ptrace(enum __ptrace_request op, ...); always with pid_t pid, void *addr, void *data
  private static final MethodHandle PTRACE =
      Native.required(
          "ptrace",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
          Linker.Option.firstVariadicArg(1));
  // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options);
  private static final MethodHandle WAITID =
      Native.required(
          "waitid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  // ssize_t process_vm_readv(pid_t pid, const struct iovec *local, unsigned long liovcnt,
  //                          const struct iovec *remote, unsigned long riovcnt, unsigned long fl);
  private static final MethodHandle PROCESS_VM_READV =
      Native.required(
          "process_vm_readv",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG));
  // ssize_t process_vm_writev(the same);
  private static final MethodHandle PROCESS_VM_WRITEV =
      Native.required(
          "process_vm_writev",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG));
  // int kill(pid_t pid, int sig);
  private static final MethodHandle KILL =
      Native.required("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  // long syscall(SYS_get_robust_list, int pid, struct robust_list_head **head_ptr, size_t *len);
  private static final MethodHandle SYSCALL_3 = Native.syscall(3);

  @Override
  public int seize(int tid, int options) {
    return (int) ptrace(PTRACE_SEIZE, tid, 0, options);
  }

  @Override
  public int interrupt(int tid) {
    return (int) ptrace(PTRACE_INTERRUPT, tid, 0, 0);
  }

  @Override
  public int resumeToSyscall(int tid, int signal) {
    return (int) ptrace(PTRACE_SYSCALL, tid, 0, signal);
  }

  @Override
  public int detach(int tid, int signal) {
    return (int) ptrace(PTRACE_DETACH, tid, 0, signal);
  }

  @Override
  public int readRegisters(int tid, MemorySegment registers) {
    return regset(PTRACE_GETREGSET, tid, NT_PRSTATUS, registers);
  }

  @Override
  public int writeRegisters(int tid, MemorySegment registers) {
    return regset(PTRACE_SETREGSET, tid, NT_PRSTATUS, registers);
  }

  @Override
  public int writeRegisterSet(int tid, int type, MemorySegment registers) {
    return regset(PTRACE_SETREGSET, tid, type, registers);
  }

  @Override
  public int readSyscallInfo(int tid, MemorySegment info) {
    return (int) ptrace(PTRACE_GET_SYSCALL_INFO, tid, info.byteSize(), info.address());
  }

  @Override
  public int writeSyscallInfo(int tid, MemorySegment info) {
    return (int) ptrace(PTRACE_SET_SYSCALL_INFO, tid, info.byteSize(), info.address());
  }

  @Override
  public int readSignalInfo(int tid, MemorySegment siginfo) {
    return (int) ptrace(PTRACE_GETSIGINFO, tid, 0, siginfo.address());
  }

  @Override
  public long readMemory(int tid, long address, MemorySegment buffer) {
    return transfer(PROCESS_VM_READV, tid, address, buffer);
  }

  @Override
  public long writeMemory(int tid, long address, MemorySegment bytes) {
    return transfer(PROCESS_VM_WRITEV, tid, address, bytes);
  }

  @Override
  public int poke(int tid, long address, long word) {
    return (int) ptrace(PTRACE_POKEDATA, tid, address, word);
  }

  @Override
  public int readRobustList(int tid, MemorySegment headAndLength) {
    MemorySegment state = Native.state();
    try {
      long result =
          (long)
              SYSCALL_3.invokeExact(
                  state,
                  Architecture.ofThisMachine().forkCalls().getRobustList(),
                  (long) tid,
                  headAndLength.address(),
                  headAndLength.address() + Long.BYTES);
      return (int) Native.orErrno(result, state);
    } catch (Throwable e) {
      throw Native.unexpected("get_robust_list", e);
    }
  }

  @Override
  public int kill(int pid) {
    if (pid < 2) {
      throw new IllegalArgumentException("not a tracee: " + pid);
    }
    MemorySegment state = Native.state();
    try {
      return (int) Native.orErrno((int) KILL.invokeExact(state, pid, SIGKILL), state);
    } catch (Throwable e) {
      throw Native.unexpected("kill", e);
    }
  }

  private static long transfer(
      MethodHandle direction, int tid, long address, MemorySegment buffer) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment local = iovec(arena, buffer.address(), buffer.byteSize());
      MemorySegment remote = iovec(arena, address, buffer.byteSize());
      long result = (long) direction.invokeExact(state, tid, local, 1L, remote, 1L, 0L);
      return Native.orErrno(result, state);
    } catch (Throwable e) {
      throw Native.unexpected("process_vm_readv or process_vm_writev", e);
    }
  }

  @Override
  public int waitId(int idType, int id, MemorySegment siginfo, int options) {
    MemorySegment state = Native.state();
    try {
      int result = (int) WAITID.invokeExact(state, idType, id, siginfo, options);
      return (int) Native.orErrno(result, state);
    } catch (Throwable e) {
      throw Native.unexpected("waitid", e);
    }
  }

  /** Bytes transferred, which may be less than the segment holds. */
  private static int regset(long request, int tid, int type, MemorySegment registers) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment iovec = iovec(arena, registers.address(), registers.byteSize());
      long result = ptrace(request, tid, type, iovec.address());
      return result < 0 ? (int) result : (int) iovec.get(JAVA_LONG, 8);
    }
  }

  // struct iovec { void *iov_base; size_t iov_len; };
  private static MemorySegment iovec(Arena arena, long base, long length) {
    MemorySegment iovec = arena.allocate(JAVA_LONG, 2);
    iovec.set(JAVA_LONG, 0, base);
    iovec.set(JAVA_LONG, 8, length);
    return iovec;
  }

  private static long ptrace(long request, int tid, long address, long data) {
    MemorySegment state = Native.state();
    try {
      long result = (long) PTRACE.invokeExact(state, (int) request, tid, address, data);
      return Native.orErrno(result, state);
    } catch (Throwable e) {
      throw Native.unexpected("ptrace", e);
    }
  }
}
