package io.kidreaper.linux;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What came of reading one file of /proc.
 *
 * @param <T> what the file says
 */
public sealed interface ProcRead<T> {

  /**
   * The value for whichever of the three it is.
   *
   * <p>For the reads that every start makes: it covers all cases like a switch, but for each switch
   * over types the JVM writes and loads a class at its first use, which no start-up cache holds and
   * which takes as long as reading fifty workers.
   */
  <R> R fold(
      Function<? super T, ? extends R> found,
      Supplier<? extends R> gone,
      Function<? super String, ? extends R> failed);

  record Found<T>(T value) implements ProcRead<T> {
    @Override
    public <R> R fold(
        Function<? super T, ? extends R> found,
        Supplier<? extends R> gone,
        Function<? super String, ? extends R> failed) {
      return found.apply(value);
    }
  }

  /** The process ended, or there is no such file. */
  record Gone<T>() implements ProcRead<T> {
    @Override
    public <R> R fold(
        Function<? super T, ? extends R> found,
        Supplier<? extends R> gone,
        Function<? super String, ? extends R> failed) {
      return gone.get();
    }
  }

  /** The process is there and the file could not be read, or does not say what it should. */
  record Failed<T>(String reason) implements ProcRead<T> {
    @Override
    public <R> R fold(
        Function<? super T, ? extends R> found,
        Supplier<? extends R> gone,
        Function<? super String, ? extends R> failed) {
      return failed.apply(reason);
    }
  }

  /** The same outcome for another type, with the value changed where there is one. */
  default <R> ProcRead<R> map(Function<? super T, ? extends R> change) {
    return fold(value -> new Found<R>(change.apply(value)), Gone<R>::new, Failed<R>::new);
  }
}
