package io.kidreaper.linux.pressure;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mounted cgroup hierarchy, from {@code /proc/PID/mountinfo} ({@code proc_pid_mountinfo(5)}):
 *
 * <pre>
 * 35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
 *            root  point                   options  type  source super options
 * </pre>
 *
 * @param root which cgroup of the hierarchy is at the mount point
 */
record Mount(String root, String point) {
  private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");

  /** Where the hierarchy of a version-1 controller is mounted. */
  static Optional<Mount> ofController(String mountinfo, String controller) {
    return find(mountinfo, "cgroup", controller);
  }

  /** Where version 2 is mounted. */
  static Optional<Mount> ofVersion2(String mountinfo) {
    return find(mountinfo, "cgroup2", "");
  }

  private static Optional<Mount> find(String mountinfo, String type, String option) {
    return mountinfo
        .lines()
        .flatMap(line -> {
          int dash = line.indexOf(" - ");
          String[] left = dash < 0 ? new String[0] : line.substring(0, dash).split(" ", -1);
          String[] right = dash < 0 ? new String[0] : line.substring(dash + 3).split(" ", -1);
          boolean matches =
              left.length >= 6
                  && right.length >= 3
                  && right[0].equals(type)
                  && (option.isEmpty() || List.of(right[2].split(",", -1)).contains(option));
          return matches
              ? Optional.of(new Mount(plain(left[3]), plain(left[4]))).stream()
              : Optional.<Mount>empty().stream();
        })
        .findFirst();
  }

  /** Blanks and the like are written as backslash and three octal digits. */
  private static String plain(String field) {
    return ESCAPED
        .matcher(field)
        .replaceAll((MatchResult match) ->
            Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 8))));
  }

  /**
   * The folder of a cgroup, empty if it is outside of what is mounted.
   *
   * @param cgroup its path in the hierarchy, as {@code /proc/PID/cgroup} has it
   */
  Optional<String> folder(String cgroup) {
    String base = root.equals("/") ? "" : root;
    boolean inside = cgroup.equals(base) || cgroup.startsWith(base + "/");
    if (!inside || cgroup.startsWith("/..")) {
      return Optional.empty();
    }
    String below = cgroup.substring(base.length());
    return Optional.of(below.equals("/") ? point : point + below);
  }
}
