package io.kidreaper.run;

import io.kidreaper.linux.pressure.Fit;
import io.kidreaper.linux.pressure.MemoryRoom;
import io.kidreaper.manager.PoolEvent;
import io.kidreaper.memory.ByteSize;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tells a pool whether there is memory for an old worker and its replacement at once. Where there
 * is not, the order turns round: the old one goes first, one at a time. Safe from any thread.
 */
final class OverlapRoom {
  /** A pool at rest replaces nobody; what there is of memory is looked at for whoever asks next. */
  private static final long AT_REST_EVERY_MILLIS = 10_000;

  private final MemoryRoom room;
  private final Supplier<OptionalLong> freshBytes;
  private final BooleanSupplier atRest;
  private final Consumer<PoolEvent> events;
  private final PoolTelling telling;
  private boolean allowed = true;
  private OptionalLong lookedMillis = OptionalLong.empty();

  /**
   * @param freshBytes what one more worker needs; nothing is changed where nobody knows
   * @param atRest whether all workers are there and none comes or goes. Otherwise what is free now
   *     may be what the next one needs in a moment
   */
  OverlapRoom(
      MemoryRoom room,
      Supplier<OptionalLong> freshBytes,
      BooleanSupplier atRest,
      Consumer<PoolEvent> events,
      PoolTelling telling) {
    this.room = room;
    this.freshBytes = freshBytes;
    this.atRest = atRest;
    this.events = events;
    this.telling = telling;
  }

  /** Looks, so that the next replacement goes by what there is now. */
  synchronized void beforeRetirement() {
    look(atRest.getAsBoolean());
  }

  /**
   * Looks, unless the pool is at rest and there was room a moment ago.
   *
   * @param nowMillis of a clock that never goes back
   */
  synchronized void afterTurn(long nowMillis) {
    boolean rests = atRest.getAsBoolean();
    boolean recently =
        lookedMillis.isPresent() && nowMillis - lookedMillis.getAsLong() < AT_REST_EVERY_MILLIS;
    if (!(rests && allowed && recently)) {
      lookedMillis = OptionalLong.of(nowMillis);
      look(rests);
    }
  }

  private void look(boolean rests) {
    OptionalLong needed = freshBytes.get();
    if (needed.isEmpty()) {
      return;
    }
    switch (room.fits(needed.getAsLong())) {
      case Fit.Fits _ -> {
        if (rests) {
          allow(true, "there is memory again for a replacement beside the old worker");
        }
      }
      case Fit.TooTight(long headroomBytes) ->
          allow(
              false,
              "%s of memory are left and a fresh worker needs %s: from now on an old worker goes first, one at a time, and its replacement starts after it"
                  .formatted(new ByteSize(headroomBytes), new ByteSize(needed.getAsLong())));
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
