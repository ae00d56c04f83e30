import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What one turn took.
 *
 * @param cpuNanos user and system time of all threads
 * @param peakRssBytes 0 where it was not measured
 */
record Run(long wallNanos, long cpuNanos, long peakRssBytes) {

  /** The middle one of several. */
  static long median(List<Run> runs, ToLongFunction<Run> figure) {
    return runs.stream().map(figure::applyAsLong).sorted().toList().get(runs.size() / 2);
  }

  static long least(List<Run> runs, ToLongFunction<Run> figure) {
    return figure.applyAsLong(runs.stream().min(Comparator.comparingLong(figure)).orElseThrow());
  }

  static long most(List<Run> runs, ToLongFunction<Run> figure) {
    return figure.applyAsLong(runs.stream().max(Comparator.comparingLong(figure)).orElseThrow());
  }
}
