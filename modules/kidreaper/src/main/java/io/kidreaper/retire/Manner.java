package io.kidreaper.retire;

import java.time.Duration;

/**
 * How one worker is asked to go.
 *
 * @param patience how long the right moment for a signal may take to come
 * @param grace how long the worker may take to leave after it, and then its replacement to come
 * @param anyMoment whether the last resort may come at any moment, requests in flight or not
 */
public record Manner(
    Signal signal, Duration patience, Duration grace, Escalation escalation, boolean anyMoment) {}
