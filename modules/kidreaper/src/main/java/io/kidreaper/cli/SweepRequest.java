package io.kidreaper.cli;

import io.kidreaper.memory.Limit;
import java.time.Duration;

/** One sweep as the command line asks for it. */
record SweepRequest(
    ManagerChoice manager,
    Limit limit,
    RetireRequest retire,
    Duration pause,
    boolean dryRun,
    Source source) {}
