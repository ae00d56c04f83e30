package io.kidreaper.linux.socket;

import io.kidreaper.linux.socket.ListenAddress.Inherited;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The sockets that systemd opened for us: {@code sd_listen_fds(3)}. The variables are meant for one
 * process, so {@link #VARIABLES} must not reach a worker's environment.
 */
public final class SystemdSockets {
  /** What to leave out of a worker's environment. */
  public static final List<String> VARIABLES =
      List.of("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES");

  /** The first descriptor of the protocol. */
  private static final int FIRST_FD = 3;

  private static final int MOST = 1000;

  /**
   * One passed socket.
   *
   * @param name from LISTEN_FDNAMES, or "unknown" as systemd calls a socket without one
   */
  public record Passed(Inherited address, String name) {}

  /** What the environment says. */
  public sealed interface Found {
    /** Sockets in the order of their descriptors; none where the variables are not for us. */
    record Sockets(List<Passed> passed) implements Found {}

    /**
     * @param reason a sentence that names the variable and a value that would do
     */
    record Refused(String reason) implements Found {}
  }

  private SystemdSockets() {}

  /**
   * Reads the variables; opens nothing.
   *
   * @param pid ours, since variables that leaked from another process's start are not meant for us
   */
  public static Found read(Map<String, String> environment, long pid) {
    String count = environment.get("LISTEN_FDS");
    String forPid = environment.get("LISTEN_PID");
    if (count == null || forPid == null) {
      return new Found.Sockets(List.of());
    }
    if (!forPid.matches("[0-9]{1,10}")) {
      return new Found.Refused("LISTEN_PID=\"" + forPid + "\" is no process id, such as " + pid);
    }
    if (Long.parseLong(forPid) != pid) {
      return new Found.Sockets(List.of());
    }
    if (!count.matches("[0-9]{1,6}") || Integer.parseInt(count) > MOST) {
      return new Found.Refused("LISTEN_FDS=\"" + count + "\" is no count of sockets, such as 1");
    }
    String names = environment.getOrDefault("LISTEN_FDNAMES", "");
    List<String> split = names.isEmpty() ? List.of() : List.of(names.split(":", -1));
    List<Passed> passed = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(count); i++) {
      String name = i < split.size() && !split.get(i).isEmpty() ? split.get(i) : "unknown";
      passed.add(new Passed(new Inherited(FIRST_FD + i), name));
    }
    return new Found.Sockets(List.copyOf(passed));
  }
}
