package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes down the register writes of an architecture that this machine is not, in their order. It
 * stands in for a processor, not for the kernel: what the kernel makes of the writes it cannot
 * show.
 */
final class FakeCalls implements PtraceCalls {
  private static final int EIO = 5;

  final List<String> writes = new ArrayList<>();
  private final boolean setsSyscallInfo;

  FakeCalls(boolean setsSyscallInfo) {
    this.setsSyscallInfo = setsSyscallInfo;
  }

  @Override
  public int writeRegisters(int tid, MemorySegment registers) {
    writes.add(
        "registers x0=%d pc=%x"
            .formatted(registers.get(JAVA_LONG, 0), registers.get(JAVA_LONG, 256)));
    return (int) registers.byteSize();
  }

  @Override
  public int writeRegisterSet(int tid, int type, MemorySegment registers) {
    writes.add("set %x=%d".formatted(type, registers.get(JAVA_INT, 0)));
    return (int) registers.byteSize();
  }

  @Override
  public int writeSyscallInfo(int tid, MemorySegment info) {
    if (!setsSyscallInfo) {
      return -EIO;
    }
    writes.add("info op=%d nr=%d".formatted(info.get(JAVA_BYTE, 0), info.get(JAVA_LONG, 24)));
    return 0;
  }

  @Override
  public int seize(int tid, int options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int interrupt(int tid) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int resumeToSyscall(int tid, int signal) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int detach(int tid, int signal) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int readRegisters(int tid, MemorySegment registers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int readSyscallInfo(int tid, MemorySegment info) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int readSignalInfo(int tid, MemorySegment siginfo) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long readMemory(int tid, long address, MemorySegment buffer) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long writeMemory(int tid, long address, MemorySegment bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int poke(int tid, long address, long word) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int readRobustList(int tid, MemorySegment headAndLength) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int kill(int pid) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int waitId(int idType, int id, MemorySegment siginfo, int options) {
    throw new UnsupportedOperationException();
  }
}
