package io.kidreaper.cli;

import io.kidreaper.run.state.PoolName;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which pool is meant.
 *
 * @param name empty for the one that runs
 * @param socket instead of a name in a state folder
 * @param state the state folder; empty for the usual one
 */
record CtlTarget(Optional<PoolName> name, Optional<Path> socket, Optional<Path> state) {}
