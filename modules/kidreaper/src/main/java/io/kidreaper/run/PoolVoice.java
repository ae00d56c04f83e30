package io.kidreaper.run;

import io.kidreaper.manager.PoolNote;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Moment;
import io.kidreaper.retire.Time;
import java.util.Optional;
import java.util.function.LongFunction;

/** What a managed pool says about itself, in words: workers by their process, times for people. */
final class PoolVoice {
  private final LongFunction<Optional<ProcessId>> processes;

  /**
   * @param processes which process a worker is, by its serial
   */
  PoolVoice(LongFunction<Optional<ProcessId>> processes) {
    this.processes = processes;
  }

  String words(PoolNote note) {
    return switch (note) {
      case PoolNote.Ready(long serial, int generation, long tookMillis) ->
          worker(serial)
              + " is ready after "
              + Time.words(tookMillis)
              + (generation > 1 ? " (generation " + generation + ")" : "");
      case PoolNote.Ended(long _, String how, long livedMillis, int failures, long nextMillis) ->
          "after " + Time.words(livedMillis) + " worker " + how + next(failures, nextMillis);
      case PoolNote.StartFailed(long _, String reason, int failures, long nextMillis) ->
          "a worker did not start: " + reason + next(failures, nextMillis);
      case PoolNote.NeverReady(String why) -> "no worker was ever ready: " + why;
      case PoolNote.SlowStart(long serial, long sinceMillis) ->
          worker(serial) + " is not ready after " + Time.words(sinceMillis) + ", and is waited for";
      case PoolNote.RetirementFailed(long serial, String why, long retryMillis) ->
          worker(serial)
              + " was not retired: "
              + why
              + "; it serves on, next try in "
              + Time.words(retryMillis);
      case PoolNote.KillFailed(long serial, String why) ->
          worker(serial) + " was not killed: " + why;
      case PoolNote.Restarted(int generation) ->
          "restart complete: all workers are of generation " + generation;
    };
  }

  static String signalled(ProcessId worker, String reason, Moment moment) {
    return "worker %d retires (%s): %s %s, %s after the decision"
        .formatted(
            worker.pid(),
            reason,
            moment.signal(),
            moment.kind().words(),
            Time.words(moment.reachedMicros() / 1000));
  }

  static String killed(ProcessId worker, Moment moment) {
    return "worker %d did not leave on its signal and was killed %s"
        .formatted(worker.pid(), moment.kind().words());
  }

  static String left(ProcessId worker, long sinceSignalMillis) {
    return "worker " + worker.pid() + " left after " + Time.words(sinceSignalMillis);
  }

  /**
   * What an end at once costs.
   *
   * @param unseen workers of which it cannot be told
   */
  static String cut(int requests, int unseen) {
    String seen =
        switch (requests) {
          case 0 -> "no request is cut";
          case 1 -> "1 request is cut";
          default -> requests + " requests are cut";
        };
    return switch (unseen) {
      case 0 -> seen;
      case 1 -> seen + ", and what 1 more worker was at cannot be seen";
      default -> seen + ", and what " + unseen + " more workers were at cannot be seen";
    };
  }

  private String worker(long serial) {
    return processes.apply(serial).map(it -> "worker " + it.pid()).orElse("a worker");
  }

  private static String next(int failures, long millis) {
    return failures == 0
        ? ""
        : "; failure " + failures + " in a row, next start in " + Time.words(millis);
  }
}
