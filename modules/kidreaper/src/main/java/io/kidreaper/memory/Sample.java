package io.kidreaper.memory;

import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/**
 * One reading of one worker's memory.
 *
 * @param vszBytes virtual size: all that is mapped, used or not
 * @param rssBytes resident set size: what is in RAM, shared pages counted in full
 * @param detail how it divides, where that was read
 */
public record Sample(long vszBytes, long rssBytes, Detail detail) implements Reading {

  /** The value of a measure, empty where it was not read. */
  public OptionalLong value(Measure measure) {
    return switch (measure) {
      case VSZ -> OptionalLong.of(vszBytes);
      case RSS -> OptionalLong.of(rssBytes);
      case PRIVATE -> fromRollup(Rollup::privateBytes);
      case PSS -> fromRollup(Rollup::pssBytes);
    };
  }

  private OptionalLong fromRollup(ToLongFunction<Rollup> figure) {
    return switch (detail) {
      case Rollup rollup -> OptionalLong.of(figure.applyAsLong(rollup));
      case Detail.NotRead() -> OptionalLong.empty();
      case Detail.Unreadable(_) -> OptionalLong.empty();
    };
  }
}
