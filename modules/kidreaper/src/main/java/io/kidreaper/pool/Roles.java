package io.kidreaper.pool;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who of a manager's children is a worker of its pool, by the listening sockets they hold: workers
 * share one. A piped logger, a CGI daemon or a script that the manager started holds none of them,
 * and takes no request.
 *
 * @param workers in the order given
 * @param helpers the others
 * @param listening whether any of them holds a listening socket; where none does, connections come
 *     to them otherwise, all count as workers, and which are is not known
 */
public record Roles(Set<ProcessId> workers, Set<ProcessId> helpers, boolean listening) {
  public Roles {
    workers = Set.copyOf(workers);
    helpers = Set.copyOf(helpers);
  }

  /**
   * Tells them apart.
   *
   * @param manager the listening sockets that the manager holds, by inode; empty where unreadable
   * @param members the same of each child; one that could not be read counts as a worker
   */
  public static Roles of(Optional<Set<Long>> manager, Map<ProcessId, Optional<Set<Long>>> members) {
    Set<Long> shared = shared(manager.orElse(Set.of()), members);
    Set<ProcessId> workers = new HashSet<>();
    Set<ProcessId> helpers = new HashSet<>();
    members.forEach((id, held) -> {
      boolean worker = shared.isEmpty() || held.map(sockets -> meet(sockets, shared)).orElse(true);
      (worker ? workers : helpers).add(id);
    });
    boolean unread = members.values().stream().anyMatch(Optional::isEmpty);
    return new Roles(workers, helpers, !shared.isEmpty() || unread);
  }

  /** The pool's own: shared with the manager, else with a sibling, else any at all. */
  private static Set<Long> shared(Set<Long> manager, Map<ProcessId, Optional<Set<Long>>> members) {
    Map<Long, Integer> holders = new LinkedHashMap<>();
    members.values().stream()
        .flatMap(Optional::stream)
        .flatMap(Set::stream)
        .forEach(socket -> holders.merge(socket, 1, Integer::sum));
    Set<Long> withManager = new HashSet<>(holders.keySet());
    withManager.retainAll(manager);
    if (!withManager.isEmpty()) {
      return withManager;
    }
    Set<Long> withSiblings = new HashSet<>();
    holders.forEach((socket, count) -> {
      if (count > 1) {
        withSiblings.add(socket);
      }
    });
    return withSiblings.isEmpty() ? holders.keySet() : withSiblings;
  }

  private static boolean meet(Set<Long> some, Set<Long> others) {
    return some.stream().anyMatch(others::contains);
  }
}
