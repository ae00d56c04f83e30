package io.kidreaper.watch;

import io.kidreaper.policy.PolicySettings;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is wanted of one pool that somebody else manages.
 *
 * @param name of the pool, one of its kind in one kidreaper
 * @param members a regular expression that is found in a member's command line; empty for all
 * @param every between two measurements, at least 1 ms
 * @param dryRun whether to say only what would be done
 * @param onEvent a command that gets each event of this pool
 */
public record AttachedSettings(
    String name,
    Whereabouts where,
    PolicySettings limits,
    Asking asking,
    Duration every,
    Optional<String> members,
    boolean dryRun,
    Optional<String> onEvent) {
  /** With nobody over any limit ever. */
  static PolicySettings unlimited(PolicySettings limits) {
    return new PolicySettings(
        Optional.empty(),
        limits.samplesOver(),
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        limits.jitterShare(),
        limits.restraint());
  }
}
