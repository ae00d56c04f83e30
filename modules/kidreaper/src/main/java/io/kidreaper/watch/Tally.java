package io.kidreaper.watch;

import io.kidreaper.retire.Moment;
import io.kidreaper.retire.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What retirements have come to, counted. Immutable.
 *
 * @param outcomes by the word of the reason, then by that of the outcome
 * @param drains how many workers took up to each of {@link #BOUNDS_MILLIS} from their signal to
 *     their end, each counted once, and last those that took longer
 * @param drainMillis all of them together
 * @param unsafeSignals signals that came at a moment at which a request may have been cut
 */
public record Tally(
    SortedMap<String, SortedMap<String, Long>> outcomes,
    List<Long> drains,
    long drainMillis,
    long unsafeSignals) {
  /** Upper bounds of the drain times that are told apart, in milliseconds. */
  public static final List<Long> BOUNDS_MILLIS =
      List.of(10L, 50L, 100L, 500L, 1_000L, 5_000L, 10_000L, 30_000L, 60_000L);

  static final Tally NONE =
      new Tally(new TreeMap<>(), java.util.Collections.nCopies(BOUNDS_MILLIS.size() + 1, 0L), 0, 0);

  public Tally {
    drains = List.copyOf(drains);
  }

  Tally with(String reason, Outcome outcome) {
    SortedMap<String, SortedMap<String, Long>> next = new TreeMap<>(outcomes);
    SortedMap<String, Long> ofReason = new TreeMap<>(next.getOrDefault(reason, new TreeMap<>()));
    ofReason.merge(OutcomeWords.word(outcome), 1L, Long::sum);
    next.put(reason, ofReason);
    long unsafe = unsafeSignals + unsafe(outcome);
    long exitMillis =
        switch (outcome) {
          case Outcome.Retired retired -> retired.exitMillis();
          case Outcome.NotReplaced gone -> gone.exitMillis();
          case Outcome.ManagerLost lost -> lost.exitMillis().orElse(-1L);
          case Outcome.Kept _,
              Outcome.WouldRetire _,
              Outcome.Vanished _,
              Outcome.Unreadable _,
              Outcome.NotAWorker _,
              Outcome.NotSignalled _,
              Outcome.StillThere _ ->
              -1L;
        };
    if (exitMillis < 0) {
      return new Tally(next, drains, drainMillis, unsafe);
    }
    List<Long> counted = new ArrayList<>(drains);
    int place = 0;
    while (place < BOUNDS_MILLIS.size() && exitMillis > BOUNDS_MILLIS.get(place)) {
      place++;
    }
    counted.set(place, counted.get(place) + 1);
    return new Tally(next, counted, drainMillis + exitMillis, unsafe);
  }

  private static long unsafe(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Retired(Outcome.Signals signals, _, _, _) -> unsafe(signals);
      case Outcome.NotReplaced(Outcome.Signals signals, _, _, _) -> unsafe(signals);
      case Outcome.StillThere(Outcome.Signals signals, _, _) -> unsafe(signals);
      case Outcome.ManagerLost(Outcome.Signals signals, _, _) -> unsafe(signals);
      case Outcome.Kept _,
          Outcome.WouldRetire _,
          Outcome.Vanished _,
          Outcome.Unreadable _,
          Outcome.NotAWorker _,
          Outcome.NotSignalled _ ->
          0;
    };
  }

  private static long unsafe(Outcome.Signals signals) {
    return unsafe(signals.first()) + signals.kill().map(Tally::unsafe).orElse(0L);
  }

  private static long unsafe(Moment moment) {
    return switch (moment.kind()) {
      case HELD_IDLE, HELD_AT_ENTRY, HELD_WITHOUT_CONNECTION -> 0;
      case SEEN_IDLE, ANY -> 1;
    };
  }
}
