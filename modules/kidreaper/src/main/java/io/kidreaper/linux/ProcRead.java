package io.kidreaper.linux;

import java.util.function.Function;

/**
 * What came of reading one file of /proc.
 *
 * @param <T> what the file says
 */
public sealed interface ProcRead<T> {
  record Found<T>(T value) implements ProcRead<T> {}

  /** The process ended, or there is no such file. */
  record Gone<T>() implements ProcRead<T> {}

  /** The process is there and the file could not be read, or does not say what it should. */
  record Failed<T>(String reason) implements ProcRead<T> {}

  /** The same outcome for another type, with the value changed where there is one. */
  default <R> ProcRead<R> map(Function<? super T, ? extends R> change) {
    return switch (this) {
      case Found<T>(T value) -> new Found<>(change.apply(value));
      case Gone<T>() -> new Gone<>();
      case Failed<T>(String reason) -> new Failed<>(reason);
    };
  }
}
