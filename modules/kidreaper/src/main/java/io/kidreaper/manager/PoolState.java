package io.kidreaper.manager;

import java.util.List;

/**
 * A pool at one moment. Immutable.
 *
 * @param workers the number asked for
 * @param seats in the order in which they were set up; more than {@code workers} only while a
 *     replacement is under way
 * @param draining workers on their way out, which have no seat any more
 * @param newestGeneration that the last restart asked for, from 1
 * @param provenGeneration the newest of which a worker was ever ready, 0 if none was
 * @param trial of the newest generation, while it is not proven
 * @param nextSerial of the next start
 * @param overlapAllowed whether a replacement may start before the old worker goes
 * @param phase whether the pool serves or ends
 * @param restarting whether the end of a restart is still to be told
 * @param jitterSeed what the next jitter comes from
 */
public record PoolState(
    PoolSettings settings,
    int workers,
    List<Seat> seats,
    List<Drain> draining,
    int newestGeneration,
    int provenGeneration,
    Trial trial,
    long nextSerial,
    boolean overlapAllowed,
    Phase phase,
    boolean restarting,
    long jitterSeed) {
  /** Where in its life a pool is. */
  public enum Phase {
    /** Workers are started and replaced. */
    SERVING,
    /** Workers go and none comes. */
    STOPPING,
    /** Nobody is left. */
    FINISHED
  }

  public PoolState {
    seats = List.copyOf(seats);
    draining = List.copyOf(draining);
  }

  /** A pool that has nobody yet; the first event starts its workers. */
  public static PoolState of(PoolSettings settings, int workers, long jitterSeed) {
    if (workers < 0) {
      throw new IllegalArgumentException("fewer than no workers: " + workers);
    }
    return new PoolState(
        settings,
        workers,
        List.of(),
        List.of(),
        1,
        0,
        Trial.NONE,
        1,
        true,
        Phase.SERVING,
        false,
        jitterSeed);
  }

  /** How many serve and are not on their way out. */
  public int ready() {
    return (int) seats.stream().filter(Seat.Ready.class::isInstance).count();
  }

  /** How many processes there are, those on their way out included. */
  public int processes() {
    return draining.size() + (int) seats.stream().filter(s -> s.occupant().isPresent()).count();
  }
}
