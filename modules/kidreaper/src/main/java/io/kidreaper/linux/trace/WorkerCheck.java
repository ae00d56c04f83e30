package io.kidreaper.linux.trace;

import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcRead;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Roles;
import io.kidreaper.pool.Snapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tells a pool's workers from a manager, and from a manager's other children, by the listening
 * sockets they share. For one look at a pool.
 */
public final class WorkerCheck {
  private final ProcFs proc;
  private final ListeningSockets sockets = new ListeningSockets();

  public WorkerCheck(ProcFs proc) {
    this.proc = proc;
  }

  /** Who of a pool's members is a worker. */
  public Roles roles(Snapshot pool) {
    Map<ProcessId, Optional<Set<Long>>> members = new HashMap<>();
    for (Member member : pool.members()) {
      members.put(member.id(), sockets.heldBy(member.id().pid()));
    }
    return Roles.of(sockets.heldBy(pool.manager().pid()), members);
  }

  /** Those members that are no workers, each with the reason as a sentence about it. */
  public Map<ProcessId, String> others(Snapshot pool) {
    Map<ProcessId, String> others = new HashMap<>();
    for (ProcessId helper : roles(pool).helpers()) {
      others.put(helper, "it holds none of the pool's listening sockets, so it is no worker");
    }
    for (Member member : pool.members()) {
      managing(member.id().pid()).ifPresent(reason -> others.put(member.id(), "it " + reason));
    }
    return others;
  }

  /**
   * The one member that manages the pool itself, where a wrapper, a master or a mold stands between
   * the manager and its workers; empty where members are the workers, and where it is not clear.
   */
  public Optional<ProcessId> managerBetween(Snapshot pool) {
    List<ProcessId> managing =
        pool.members().stream()
            .map(Member::id)
            .filter(member -> managing(member.pid()).isPresent())
            .toList();
    if (managing.size() != 1) {
      return Optional.empty();
    }
    ProcessId only = managing.getFirst();
    boolean othersServe =
        pool.members().stream()
            .map(Member::id)
            .filter(member -> !member.equals(only))
            .anyMatch(member -> sockets.heldBy(member.pid()).map(it -> !it.isEmpty()).orElse(true));
    return othersServe ? Optional.empty() : Optional.of(only);
  }

  /**
   * Why a process cannot be taken for a worker of its parent's pool, as a sentence without its
   * subject; empty where it can, or where it cannot be seen.
   */
  public Optional<String> notAWorkerOf(int parent, int pid) {
    Optional<String> managing = managing(pid);
    Optional<Set<Long>> held = sockets.heldBy(pid);
    Optional<Set<Long>> parents = sockets.heldBy(parent);
    if (managing.isPresent() || held.isEmpty()) {
      return managing;
    }
    Set<Long> own = held.get();
    if (parents.map(sockets -> meet(own, sockets)).orElse(false)
        || children(parent).stream().anyMatch(child -> child != pid && shares(own, child))) {
      return Optional.empty();
    }
    return Optional.of(
        own.isEmpty()
            ? "holds no listening socket, so nothing shows that it is a worker of process " + parent
            : "shares no listening socket with its parent, process "
                + parent
                + ", nor with another child of it, so nothing shows that it would be replaced");
  }

  /** Why it is a manager itself: children that run the same program wait at the same socket. */
  private Optional<String> managing(int pid) {
    Optional<Set<Long>> held = sockets.heldBy(pid);
    String program = proc.executableName(pid);
    List<Integer> workers =
        held.isEmpty()
            ? List.of()
            : children(pid).stream()
                .filter(child -> shares(held.get(), child))
                // A worker's own child may have got all its open files, and is another program.
                .filter(child -> proc.executableName(child).equals(program))
                .toList();
    return workers.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "is a manager itself: "
                + (workers.size() == 1
                    ? "process " + workers.getFirst() + " is a worker of it"
                    : workers.size()
                        + " workers of it share its listening socket, process "
                        + workers.getFirst()
                        + " for one"));
  }

  private boolean shares(Set<Long> own, int other) {
    return sockets.heldBy(other).map(sockets -> meet(own, sockets)).orElse(false);
  }

  private Set<Integer> children(int pid) {
    return proc.children(pid) instanceof ProcRead.Found<Set<Integer>>(var found)
        ? found
        : new TreeSet<>();
  }

  private static boolean meet(Set<Long> some, Set<Long> others) {
    return some.stream().anyMatch(others::contains);
  }
}
