package io.kidreaper.explain;

/**
 * What a worker grew by since a kidreaper that runs all the while first looked at it.
 *
 * @param pool the name under which that one knows it
 */
public record Since(String pool, Growth growth) {}
