package io.kidreaper.linux.process;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The words before a command that put it in circumstances which {@code posix_spawn} has no word
 * for. Each program of the chain replaces itself by the next, so pid and start time stay.
 *
 * <p>Why not ourselves, around the spawn: umask and limits belong to the whole JVM, so another
 * thread's file would be made with them; and a JVM thread that took a worker's user for a moment
 * could be killed in it by that user's processes, and kidreaper with it. {@code setpriv(1)} is of
 * util-linux. A shell may drop variables whose names are no identifiers.
 */
final class Trampoline {
  private static final String SHELL = "/bin/sh";
  private static final String SCRIPT =
      "test -z \"$3\" || { read -r gate <&\"$3\"; eval \"exec $3<&-\"; }; "
          + "test -z \"$1\" || umask \"$1\" && test -z \"$2\" || ulimit -S -n \"$2\" && shift 3 && exec \"$@\"";

  private Trampoline() {}

  /**
   * @param command with its program's full path first
   * @param gate a descriptor of one digit at whose end of file the command begins
   * @return the same command where nothing is asked that needs a trampoline
   */
  static List<String> wrap(
      List<String> command,
      SpawnRequest request,
      OptionalLong softOpenFilesByShell,
      OptionalInt gate) {
    List<String> words = new ArrayList<>();
    if (request.umask().isPresent() || softOpenFilesByShell.isPresent() || gate.isPresent()) {
      words.addAll(List.of(SHELL, "-c", SCRIPT, "kidreaper-spawn"));
      words.add(octal(request.umask()));
      words.add(softOpenFilesByShell.isPresent() ? "" + softOpenFilesByShell.getAsLong() : "");
      words.add(gate.isPresent() ? "" + gate.getAsInt() : "");
    }
    if (request.runAs().isPresent() || request.deathSignal().isPresent()) {
      words.add("setpriv");
      request
          .runAs()
          .ifPresent(who -> {
            words.add("--reuid=" + who.userId());
            words.add("--regid=" + who.groupId());
            words.add(who.groupsOfUser() ? "--init-groups" : "--clear-groups");
          });
      // Last to be done by setpriv, since the kernel forgets it when the user changes.
      request
          .deathSignal()
          .ifPresent(signal -> words.add("--pdeathsig=" + ExitStatus.NAMES.get(signal - 1)));
      words.add("--");
    }
    words.addAll(command);
    return List.copyOf(words);
  }

  private static String octal(OptionalInt umask) {
    return umask.isPresent() ? "0" + Integer.toOctalString(umask.getAsInt()) : "";
  }
}
