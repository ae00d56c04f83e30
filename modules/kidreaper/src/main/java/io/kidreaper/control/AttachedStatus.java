package io.kidreaper.control;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is told of a pool that somebody else manages, beside the rest.
 *
 * @param where how its manager is found, in words
 * @param manager its process, while it is there
 * @param command its command line, while it is there
 * @param why it is not acted on, where it is not
 * @param dryRun whether only what would be done is said
 */
public record AttachedStatus(
    String where,
    OptionalInt manager,
    Optional<String> command,
    Optional<String> why,
    boolean dryRun) {}
