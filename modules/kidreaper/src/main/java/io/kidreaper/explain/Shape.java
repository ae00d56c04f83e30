package io.kidreaper.explain;

/** How a worker's private memory went over a series of readings. */
public sealed interface Shape {
  /** Too little was seen to say anything: no trend is claimed. */
  record Unknown(String reason) implements Shape {}

  /** It stayed where it was, but for noise. */
  record Flat(double levelBytes) implements Shape {}

  /** It grew, or shrank, evenly, and did not slow down: what a leak looks like. */
  record Line(double bytesPerUnit) implements Shape {}

  /** It rose once, and stayed there: memory that is used again. */
  record Step(double fromBytes, double toBytes) implements Shape {}

  /** It grows ever slower towards a level: memory that is shared or unused wears off. */
  record Saturating(double levelBytes) implements Shape {}

  /** For programs. */
  default String word() {
    return switch (this) {
      case Unknown _ -> "unknown";
      case Flat _ -> "flat";
      case Line _ -> "line";
      case Step _ -> "step";
      case Saturating _ -> "saturating";
    };
  }
}
