package io.kidreaper.pool;

import io.kidreaper.memory.Reading;

/** One worker of a pool, with what was read of its memory. */
public record Member(ProcessId id, Reading memory) {}
