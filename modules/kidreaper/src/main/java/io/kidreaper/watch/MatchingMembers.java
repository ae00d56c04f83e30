package io.kidreaper.watch;

import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcRead;
import io.kidreaper.linux.StatFile;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The processes in whose executable's name and command line a regular expression is found. Never
 * kidreaper itself, nor who started it: both have the expression in their own command line.
 */
final class MatchingMembers implements ByGroup.Group {
  private final ProcFs proc;
  private final Pattern pattern;

  MatchingMembers(ProcFs proc, String regex) {
    this.proc = proc;
    this.pattern = Pattern.compile(regex);
  }

  @Override
  public String nobody() {
    return "no process matches '" + pattern + "'";
  }

  @Override
  public Listed list() {
    Set<Integer> ours = ourselves();
    Set<Integer> matching = new TreeSet<>();
    for (int pid : proc.processes()) {
      if (!ours.contains(pid)
          && pattern
              .matcher(proc.executableName(pid) + " " + String.join(" ", proc.arguments(pid)))
              .find()) {
        matching.add(pid);
      }
    }
    return new Listed.Pids(matching);
  }

  private Set<Integer> ourselves() {
    Set<Integer> ours = new HashSet<>();
    int pid = (int) ProcessHandle.current().pid();
    while (pid > 0 && ours.add(pid)) {
      pid =
          proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat) ? stat.parentPid() : 0;
    }
    return ours;
  }
}
