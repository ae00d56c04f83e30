package io.kidreaper.linux;

import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * What a reading of a pool needs to know of the machine. Many pools that are read one after another
 * share one reading of it. For one thread.
 */
public final class MachineNow {
  private final ProcFs proc;
  private final long keptNanos;
  private final LongSupplier nanos;
  private Kept uptime = new Kept(OptionalLong.empty(), Long.MIN_VALUE);
  private Kept swap = new Kept(OptionalLong.empty(), Long.MIN_VALUE);

  /**
   * @param readNanos {@link Long#MIN_VALUE} for never
   */
  private record Kept(OptionalLong value, long readNanos) {}

  /**
   * @param keptMillis how old what is told may be; 0 reads it at each question
   */
  public MachineNow(ProcFs proc, long keptMillis) {
    this(proc, keptMillis, System::nanoTime);
  }

  MachineNow(ProcFs proc, long keptMillis, LongSupplier nanos) {
    this.proc = proc;
    this.keptNanos = keptMillis * 1_000_000;
    this.nanos = nanos;
  }

  /** Since boot; empty where it cannot be read. */
  OptionalLong uptimeMillis() {
    long now = nanos.getAsLong();
    if (isStale(uptime, now)) {
      uptime =
          new Kept(
              proc.parseShort("uptime", Uptime::parse)
                  .fold(OptionalLong::of, OptionalLong::empty, _ -> OptionalLong.empty()),
              now);
    }
    return uptime.value();
  }

  /** What of the machine's swap is in use; empty where it cannot be read. */
  OptionalLong swapUsedBytes() {
    long now = nanos.getAsLong();
    if (isStale(swap, now)) {
      swap =
          new Kept(
              proc.meminfo()
                  .fold(
                      meminfo -> OptionalLong.of(meminfo.swapUsedBytes()),
                      OptionalLong::empty,
                      _ -> OptionalLong.empty()),
              now);
    }
    return swap.value();
  }

  private boolean isStale(Kept kept, long now) {
    return kept.readNanos() == Long.MIN_VALUE || now - kept.readNanos() >= keptNanos;
  }
}
