package io.kidreaper.show;

import io.kidreaper.control.EventHistory;
import io.kidreaper.control.HistoryEvent;
import java.util.List;

/** Passes on what happens to a pool, and counts who was retired. */
final class Happened {
  /** As many as a history keeps; a demo has fewer. */
  private static final int ALL = 1_000;

  private final EventHistory history;
  private final Audience audience;
  private int told;
  private long retired;

  Happened(EventHistory history, Audience audience) {
    this.history = history;
    this.audience = audience;
  }

  /** What has happened since it was last asked. */
  void tell(double seconds) {
    List<HistoryEvent> all = history.latest(ALL);
    for (HistoryEvent event : all.subList(Math.min(told, all.size()), all.size())) {
      retired += event.kind().equals("retired") ? 1 : 0;
      audience.event(seconds, event);
    }
    told = all.size();
  }

  /** Workers that have left after they were asked to. */
  long retired() {
    return retired;
  }
}
