package io.kidreaper.linux.trace;

import java.lang.foreign.MemorySegment;

/** Reads the memory of one process, stopped or not. */
interface TaskMemory {
  /** Fills the buffer; the bytes copied, or the negated errno. {@code process_vm_readv(2)}. */
  long read(long address, MemorySegment buffer);
}
