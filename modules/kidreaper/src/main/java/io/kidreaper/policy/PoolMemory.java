package io.kidreaper.policy;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Member;
import java.util.List;

/**
 * What is known of a pool's memory, Σ PSS + SwapPss. A share is never below 0, so the sum of those
 * that were read is a bound from below.
 *
 * @param atLeastBytes the sum of all that were read
 * @param notRead workers whose share nobody asked for
 * @param unreadable workers whose share was asked for in vain
 */
record PoolMemory(long atLeastBytes, int notRead, int unreadable) {

  static PoolMemory of(List<Member> living) {
    long bytes = 0;
    int notRead = 0;
    int unreadable = 0;
    for (Member member : living) {
      switch (member.memory()) {
        case Reading.Vanished() -> {}
        case Reading.Unreadable _ -> unreadable++;
        case Sample(_, _, Rollup rollup) -> bytes += rollup.poolShareBytes();
        case Sample(_, _, Detail.NotRead()) -> notRead++;
        case Sample(_, _, Detail.Unreadable _) -> unreadable++;
      }
    }
    return new PoolMemory(bytes, notRead, unreadable);
  }
}
