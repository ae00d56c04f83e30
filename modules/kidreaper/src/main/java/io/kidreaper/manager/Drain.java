package io.kidreaper.manager;

/** A worker on its way out, and why it goes. */
public record Drain(Worker worker, String reason) {}
