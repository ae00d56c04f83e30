package io.kidreaper.linux.trace;

/**
 * The signal was sent while the worker was held at its boundary, and the worker let go.
 *
 * @param boundary where it was held, and for how long
 */
public record Delivered(Boundary boundary) implements Delivery {}
