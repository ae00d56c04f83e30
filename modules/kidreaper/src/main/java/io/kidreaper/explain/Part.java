package io.kidreaper.explain;

/**
 * One cause's part in a change of private memory.
 *
 * @param bytes negative where it made the worker smaller
 * @param why a sentence: how it is known, or what it cannot be told from
 */
public record Part(Cause cause, long bytes, Confidence confidence, String why) {}
