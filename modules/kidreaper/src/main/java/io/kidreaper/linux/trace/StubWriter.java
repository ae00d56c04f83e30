package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.kidreaper.linux.trace.TemplateFollower.Arrival.Home;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Puts the stub into a held program and its block onto the stack. The stub lies over the entry
 * point of the program or, where the wait call is out of its reach, of the program's loader: both
 * have run once, before anything else, and are longer.
 */
final class StubWriter {
  private static final long AT_BASE = 7;
  private static final long AT_ENTRY = 9;

  /** {@code e_entry} of {@code struct Elf64_Ehdr}. */
  private static final int ENTRY_OFFSET = 24;

  /** What came of writing. */
  sealed interface Written {
    /**
     * @param stub its address
     */
    record At(long stub) implements Written {}

    record Refused(NotForkable why) implements Written {}
  }

  private final PtraceCalls calls;
  private final Architecture architecture;
  private final Proc proc;
  private final int pid;

  StubWriter(TemplateEquipment equipment, int pid) {
    this.calls = equipment.calls();
    this.architecture = equipment.architecture();
    this.proc = equipment.proc();
    this.pid = pid;
  }

  /** Writes the stub, unless it is there already. */
  Written stub(Home home) {
    List<Long> places;
    try {
      places = places();
    } catch (IOException e) {
      return refused("its auxiliary vector cannot be read");
    }
    for (long place : places) {
      Optional<byte[]> code = architecture.stub(place, home.registers());
      if (code.isPresent()) {
        return write(home.task().tid(), place, code.get())
            ? new Written.At(place)
            : refused("its program cannot be written to");
      }
    }
    return refused("its wait call is too far from where the way back to it would be");
  }

  /** Writes the block; empty where the stack has no room for it. */
  OptionalLong block(Home home) {
    long address = architecture.blockAddress(home.registers());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block =
          arena.allocateFrom(
              JAVA_LONG_UNALIGNED, architecture.block(home.registers(), home.number()));
      // The scratch room below it is tried too, so that no call fails on it later.
      MemorySegment all = arena.allocate(Injectable.SCRATCH_BYTES + block.byteSize());
      all.asSlice(Injectable.SCRATCH_BYTES).copyFrom(block);
      long written = calls.writeMemory(home.task().tid(), address - Injectable.SCRATCH_BYTES, all);
      return written == all.byteSize() ? OptionalLong.of(address) : OptionalLong.empty();
    }
  }

  private boolean write(int tid, long address, byte[] code) {
    int padded = (code.length + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(padded, 8);
      if (calls.readMemory(tid, address, bytes) != padded) {
        return false;
      }
      if (Arrays.equals(bytes.asSlice(0, code.length).toArray(JAVA_BYTE), code)) {
        return true;
      }
      MemorySegment.copy(code, 0, bytes, JAVA_BYTE, 0, code.length);
      for (int at = 0; at < padded; at += Long.BYTES) {
        if (calls.poke(tid, address + at, bytes.get(JAVA_LONG_UNALIGNED, at)) < 0) {
          return false;
        }
      }
      return true;
    }
  }

  // auxv: pairs of a type and a value, each of eight bytes
  private List<Long> places() throws IOException {
    ByteBuffer auxv =
        ByteBuffer.wrap(
                Files.readAllBytes(proc.root().resolve(Integer.toString(pid)).resolve("auxv")))
            .order(ByteOrder.LITTLE_ENDIAN);
    List<Long> places = new ArrayList<>();
    while (auxv.remaining() >= 2 * Long.BYTES) {
      long type = auxv.getLong();
      long value = auxv.getLong();
      if (type == AT_ENTRY) {
        places.addFirst(value);
      } else if (type == AT_BASE && value != 0) {
        loaderEntry(value).ifPresent(places::add);
      }
    }
    return places;
  }

  private OptionalLong loaderEntry(long base) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(Long.BYTES, 8);
      return calls.readMemory(pid, base + ENTRY_OFFSET, entry) == Long.BYTES
          ? OptionalLong.of(base + entry.get(JAVA_LONG_UNALIGNED, 0))
          : OptionalLong.empty();
    }
  }

  private static Written refused(String why) {
    return new Written.Refused(new NotForkable.NoStub(why));
  }
}
