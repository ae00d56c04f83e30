package io.kidreaper.pool;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A pool at one moment: who its workers are and what each costs. */
public record Snapshot(ProcessId manager, List<Member> members) {
  public Snapshot {
    members = List.copyOf(members);
  }

  /** Which processes are in the pool. */
  public Set<ProcessId> ids() {
    return members.stream().map(Member::id).collect(Collectors.toUnmodifiableSet());
  }
}
