package io.kidreaper.watch;

import io.kidreaper.control.EventHistory;
import io.kidreaper.control.HistoryEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Tells what happens to those who want to know. Nobody who tells something waits for it. */
public final class Bulletin {
  private static final int KEPT = 1_000;

  private final EventHistory history = new EventHistory(KEPT);
  private final List<Consumer<WatchEvent>> hearers = new CopyOnWriteArrayList<>();

  /**
   * @param hearer hears each event, on any thread; must not block
   */
  public void addHearer(Consumer<WatchEvent> hearer) {
    hearers.add(hearer);
  }

  public EventHistory history() {
    return history;
  }

  /** Something about all pools. */
  public void tell(String kind, String text) {
    tell(Optional.empty(), kind, text, OptionalInt.empty());
  }

  void tell(Optional<String> pool, String kind, String text, OptionalInt pid) {
    WatchEvent event = new WatchEvent(Instant.now(), pool, kind, text, pid);
    history.add(
        new HistoryEvent(event.time(), kind, pool.map(it -> it + " ").orElse("") + text, pid));
    hearers.forEach(hearer -> hearer.accept(event));
  }
}
