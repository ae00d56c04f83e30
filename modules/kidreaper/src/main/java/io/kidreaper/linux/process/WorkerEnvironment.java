package io.kidreaper.linux.process;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** A worker's environment: ours, less what was meant for kidreaper alone, plus what is asked. */
public final class WorkerEnvironment {
  /**
   * How the launching script tells the soft RLIMIT_NOFILE from before the JVM raised it: {@code
   * KIDREAPER_SOFT_NOFILE=$(ulimit -Sn)}.
   */
  public static final String SOFT_OPEN_FILES = "KIDREAPER_SOFT_NOFILE";

  /** A supervisor's words to its one child; a worker that acted on them would speak for us. */
  private static final List<String> OURS_ALONE =
      List.of(
          "LISTEN_PID",
          "LISTEN_FDS",
          "LISTEN_FDNAMES",
          "NOTIFY_SOCKET",
          "WATCHDOG_USEC",
          "WATCHDOG_PID",
          SOFT_OPEN_FILES,
          "_JAVA_SR_SIGNUM", // the launching script's word to our own JVM
          "KIDREAPER_TAKE_OVER",
          ReadyPipe.VARIABLE);

  private WorkerEnvironment() {}

  public static Map<String, String> of(Map<String, String> ours, Map<String, String> extra) {
    Map<String, String> result = new TreeMap<>(ours);
    OURS_ALONE.forEach(result::remove);
    result.putAll(extra);
    return Map.copyOf(result);
  }

  /** The soft limit that {@link #SOFT_OPEN_FILES} tells; empty if it is not set or "unlimited". */
  public static OptionalLong softOpenFiles(Map<String, String> ours) {
    String text = ours.getOrDefault(SOFT_OPEN_FILES, "");
    return text.matches("[1-9][0-9]{0,17}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }
}
