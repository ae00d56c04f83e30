package io.kidreaper.explain;

import java.util.OptionalLong;

/**
 * One cheap reading of a worker, one of a series.
 *
 * @param requests connections that it has accepted since the series began; empty where nobody
 *     counts
 * @param privateBytes as {@link io.kidreaper.memory.Rollup#privateBytes()}
 */
public record Point(long atNanos, OptionalLong requests, long privateBytes) {}
