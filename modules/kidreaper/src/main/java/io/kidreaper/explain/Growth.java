package io.kidreaper.explain;

import java.util.List;
import java.util.Optional;

/**
 * How a worker's private memory changed between two readings, and why.
 *
 * @param privateBytes by how much; negative if it shrank
 * @param parts the causes, largest first; they add up to {@code privateBytes}
 * @param reclaimableBytes by how much the memory rose that it has freed with MADV_FREE, and that
 *     the kernel takes when it needs some: no part of private memory
 * @param pssBytes by how much its share of the pool's memory rose, which others' end does too
 * @param remarks sentences about the readings
 */
public record Growth(
    long privateBytes,
    List<Part> parts,
    long reclaimableBytes,
    long pssBytes,
    long nanos,
    List<String> remarks) {
  public Growth {
    parts = List.copyOf(parts);
    remarks = List.copyOf(remarks);
  }

  /** All that grew, which is what shares are of: parts that shrank are not taken off. */
  public long risenBytes() {
    return parts.stream().mapToLong(Part::bytes).filter(bytes -> bytes > 0).sum();
  }

  /** The largest cause of growth; empty if nothing grew. */
  public Optional<Part> mainPart() {
    return parts.stream().filter(part -> part.bytes() > 0).findFirst();
  }

  /** A part's share of all that grew, in percent; 0 for one that shrank. */
  public long sharePercent(Part part) {
    return part.bytes() <= 0 ? 0 : Math.round(100.0 * part.bytes() / risenBytes());
  }

  /** A cause's bytes, 0 where it had no part. */
  public long of(Cause cause) {
    return parts.stream().filter(p -> p.cause() == cause).mapToLong(Part::bytes).sum();
  }
}
