package io.kidreaper.memory;

/**
 * What a later reading of the same worker is compared with. Small, since a watch keeps one of each
 * worker.
 *
 * @param own all but what is shared by intent
 * @param sharedMemory what is shared by intent
 * @param minorFaults since the worker's start
 * @param atNanos on a monotonic clock
 */
public record Footing(Area own, Area sharedMemory, long minorFaults, long atNanos) {
  /** Of a full reading. */
  public static Footing of(Composition memory, long minorFaults, long atNanos) {
    return new Footing(
        memory.withoutSharedMemory(), memory.of(AreaKind.SHARED_MEMORY), minorFaults, atNanos);
  }

  public long privateBytes() {
    return own.plus(sharedMemory).privateBytes();
  }

  /** Its share of the pool's memory. */
  public long poolShareBytes() {
    return own.plus(sharedMemory).poolShareBytes();
  }
}
