package io.kidreaper.policy;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.Snapshot;
import java.util.List;
import java.util.OptionalLong;

/** Every worker at or above its limit should go. */
public record LimitPolicy(Limit limit) {

  /** One verdict for each member, in the snapshot's order. */
  public List<Verdict> judge(Snapshot snapshot) {
    return snapshot.members().stream().map(this::judge).toList();
  }

  Verdict judge(Member member) {
    return switch (member.memory()) {
      case Reading.Vanished() -> new Verdict.Gone(member);
      case Reading.Unreadable(String reason) -> new Verdict.Unknown(member, reason);
      case Sample sample -> judge(member, sample);
    };
  }

  private Verdict judge(Member member, Sample sample) {
    OptionalLong value = sample.value(limit.measure());
    if (value.isPresent()) {
      return value.getAsLong() >= limit.bytes()
          ? new Verdict.Retire(member, value.getAsLong())
          : new Verdict.Keep(member);
    }
    return switch (sample.detail()) {
      // Left unread only because RSS and swap together were already under the limit.
      case Detail.NotRead() -> new Verdict.Keep(member);
      case Detail.Unreadable(String reason) -> new Verdict.Unknown(member, reason);
      case Rollup _ -> throw new AssertionError("a rollup has every measure");
    };
  }
}
