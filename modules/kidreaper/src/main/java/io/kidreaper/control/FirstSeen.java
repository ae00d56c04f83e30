package io.kidreaper.control;

import io.kidreaper.memory.Footing;
import io.kidreaper.pool.ProcessId;

/**
 * What a worker's memory was when this kidreaper first looked at it.
 *
 * @param pool whose worker it is
 * @param footing its memory then; its time is of the asking machine's {@code CLOCK_MONOTONIC}
 * @param othersEnded whether another of the pool has ended since
 */
public record FirstSeen(String pool, ProcessId worker, Footing footing, boolean othersEnded) {}
