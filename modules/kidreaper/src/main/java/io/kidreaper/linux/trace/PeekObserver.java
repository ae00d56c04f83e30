package io.kidreaper.linux.trace;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Activity;

/** Looks at workers for the retiring side, by {@link Peek}. */
public final class PeekObserver implements io.kidreaper.retire.Observer {

  @Override
  public Activity look(ProcessId worker) {
    try (Peek peek = Peek.at(worker)) {
      return switch (peek.now()) {
        case Look.Idle() -> new Activity.Idle();
        case Look.Holds(int connections) -> new Activity.Serving(connections);
        case Look.Between() -> new Activity.Between();
        case Look.Stopped() -> new Activity.Suspended("it is stopped by a signal");
        case Look.Traced(int tracerPid) ->
            new Activity.Suspended("it is traced by process " + tracerPid);
        case Look.Unclear(Holding.Why why) -> new Activity.Unclear(why.words());
        case Look.Gone() -> new Activity.Gone();
      };
    }
  }
}
