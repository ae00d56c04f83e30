package io.kidreaper.run;

import io.kidreaper.linux.pressure.Fit;
import io.kidreaper.linux.pressure.MemoryRoom;
import io.kidreaper.manager.PoolEvent;
import io.kidreaper.memory.ByteSize;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Tells a pool whether there is memory for an old worker and its replacement at once. Where there
 * is not, the order turns round: the old one goes first, one at a time. For the watching thread.
 */
final class OverlapRoom {
  private final MemoryRoom room;
  private final Consumer<PoolEvent> events;
  private final PoolTelling telling;
  private boolean allowed = true;

  OverlapRoom(MemoryRoom room, Consumer<PoolEvent> events, PoolTelling telling) {
    this.room = room;
    this.events = events;
    this.telling = telling;
  }

  /**
   * @param freshBytes what one more worker needs; nothing is changed where nobody knows
   * @param atRest whether all workers are there and none comes or goes. Otherwise what is free now
   *     may be what the next one needs in a moment
   */
  void check(OptionalLong freshBytes, boolean atRest) {
    if (freshBytes.isEmpty()) {
      return;
    }
    switch (room.fits(freshBytes.getAsLong())) {
      case Fit.Fits _ -> {
        if (atRest) {
          allow(true, "there is memory again for a replacement beside the old worker");
        }
      }
      case Fit.TooTight(long headroomBytes) ->
          allow(
              false,
              "%s of memory are left and a fresh worker needs %s: from now on an old worker goes first, one at a time, and its replacement starts after it"
                  .formatted(new ByteSize(headroomBytes), new ByteSize(freshBytes.getAsLong())));
      case Fit.Unknown _ -> {} // what was decided last stands
    }
  }

  private void allow(boolean now, String why) {
    if (now != allowed) {
      allowed = now;
      telling.tell("overlap", why);
      events.accept(new PoolEvent.Overlap(now));
    }
  }
}
