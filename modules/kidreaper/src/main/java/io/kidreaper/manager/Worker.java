package io.kidreaper.manager;

/**
 * One worker as the state machine knows it.
 *
 * @param serial counts every start of a pool, so it is never given twice; a pid is
 * @param generation of the command it runs: each rolling restart is a new one
 * @param startMillis when its start was ordered, on the pool's clock
 * @param failuresBefore failures in a row of its predecessors in the seat
 */
public record Worker(long serial, int generation, long startMillis, int failuresBefore) {}
