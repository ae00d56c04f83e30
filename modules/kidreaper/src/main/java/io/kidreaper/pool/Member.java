package io.kidreaper.pool;

import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Sample;
import java.util.OptionalLong;

/**
 * One worker of a pool, with what was read of its memory and what is known of it besides.
 *
 * @param ageMillis since its start, empty where that was not read
 */
public record Member(ProcessId id, Reading memory, OptionalLong ageMillis, Duty duty) {

  /** A worker of which only the memory was read. */
  public Member(ProcessId id, Reading memory) {
    this(id, memory, OptionalLong.empty(), Duty.UNKNOWN);
  }

  /** The value of a measure, empty where it was not read. */
  public OptionalLong value(Measure measure) {
    return memory instanceof Sample sample ? sample.value(measure) : OptionalLong.empty();
  }
}
