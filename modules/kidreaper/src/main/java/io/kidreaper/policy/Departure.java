package io.kidreaper.policy;

import java.util.OptionalLong;

/**
 * A condemned worker has gone and nobody was seen in its place yet.
 *
 * @param privateBytes what its exit gave back, where that was read
 */
public record Departure(long goneMillis, OptionalLong privateBytes) {}
