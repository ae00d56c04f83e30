package io.kidreaper.linux.trace;

/** What came of delivering a signal between two requests. */
public sealed interface Delivery permits Delivered, NotReached {}
