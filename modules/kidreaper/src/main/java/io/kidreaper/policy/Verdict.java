package io.kidreaper.policy;

import io.kidreaper.pool.Member;

/** What a policy says of one worker, with its reason. */
public sealed interface Verdict {
  Member member();

  /**
   * It should go.
   *
   * @param valueBytes the measured value that is at or above the limit
   */
  record Retire(Member member, long valueBytes) implements Verdict {}

  /** It stays: it is known to be under the limit. */
  record Keep(Member member) implements Verdict {}

  /** It ended by itself while it was read. */
  record Gone(Member member) implements Verdict {}

  /** Nobody can say: what decides was not readable. */
  record Unknown(Member member, String reason) implements Verdict {}
}
