package io.kidreaper.watch;

import io.kidreaper.linux.ProcRead;
import io.kidreaper.linux.StatFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the manager among a group of processes: the one whose own parent is not in the group. Where
 * there are several, as with a service that has helpers, the one that has children in it.
 */
final class ByGroup implements ManagerSource {
  /** Who is in a group now. */
  interface Group {
    /** What came of listing it. */
    sealed interface Listed {
      record Pids(Set<Integer> pids) implements Listed {}

      record Unknown(String reason) implements Listed {}
    }

    Listed list();

    /** What is said where nobody is in it. */
    String nobody();
  }

  private final Kernel kernel;
  private final Group group;

  ByGroup(Kernel kernel, Group group) {
    this.kernel = kernel;
    this.group = group;
  }

  @Override
  public Found find(long nowMillis) {
    return switch (group.list()) {
      case Group.Listed.Unknown(String reason) -> new Found.Away(reason, false);
      case Group.Listed.Pids(Set<Integer> pids) -> among(pids);
    };
  }

  private Found among(Set<Integer> pids) {
    Map<Integer, Integer> parents = new HashMap<>();
    for (int pid : pids) {
      if (kernel.proc().stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat)
          && !stat.ended()
          && !stat.kernelThread()) {
        parents.put(pid, stat.parentPid());
      }
    }
    List<Integer> tops = new ArrayList<>();
    parents.forEach((pid, parent) -> {
      if (!parents.containsKey(parent)) {
        tops.add(pid);
      }
    });
    if (tops.size() > 1) {
      tops.removeIf(pid -> !parents.containsValue(pid));
    }
    return switch (tops.size()) {
      case 0 -> new Found.Away(group.nobody(), false);
      case 1 -> ManagerSources.checked(kernel, tops.getFirst());
      default ->
          new Found.Away(
              "several processes could be the manager: "
                  + tops.stream().sorted().map(String::valueOf).toList(),
              false);
    };
  }
}
