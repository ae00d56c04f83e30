package io.kidreaper.sweep;

import io.kidreaper.testbed.ProcessInfo;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** Which process it is, whatever it does at the moment: a pid alone may be another's by now. */
record Identity(int pid, long startTicks) {
  static Identity of(ProcessInfo process) {
    return new Identity(process.pid(), process.startTicks());
  }

  /** Who has this pid now; it has to be somebody. */
  static Identity of(int pid) {
    return of(
        ProcessInfo.of(pid)
            .filter(ProcessInfo::isAlive)
            .orElseThrow(() -> new AssertionError("process " + pid + " has ended")));
  }

  /** All children of a process that have not ended. */
  static Set<Identity> childrenOf(int parentPid) {
    return of(ProcessInfo.childrenOf(parentPid));
  }

  static Set<Identity> of(Collection<ProcessInfo> processes) {
    return processes.stream().map(Identity::of).collect(Collectors.toSet());
  }
}
