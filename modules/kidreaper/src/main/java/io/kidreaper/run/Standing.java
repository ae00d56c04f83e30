package io.kidreaper.run;

import io.kidreaper.control.PoolStatus;
import io.kidreaper.manager.PoolState;
import java.time.Instant;

/** What people call a pool's state, and since when it is that. Told by one thread, read by any. */
final class Standing {
  private record Now(PoolStatus.State state, Instant since) {}

  private volatile Now now = new Now(PoolStatus.State.STARTING, Instant.now());

  void see(PoolState pool) {
    PoolStatus.State state = StatusReport.state(pool);
    if (state != now.state()) {
      now = new Now(state, Instant.now());
    }
  }

  Instant since() {
    return now.since();
  }
}
