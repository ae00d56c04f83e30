package io.kidreaper.linux.pressure;

import io.kidreaper.linux.Errno;
import java.nio.file.Path;

/**
 * Has the kernel say at once when memory is waited for (Documentation/accounting/psi.rst, Linux
 * 5.2), so that a pool can be looked at before its next tick.
 *
 * <p>Without CAP_SYS_RESOURCE the window must be a multiple of 2 s, and kernels before 6.4 refuse
 * altogether. Closing it while another thread waits makes that thread wait to the end of its time.
 */
public final class PressureTrigger implements AutoCloseable {
  private static final long WINDOW_MICROS = 2_000_000;

  private final int fd;

  /** What came of asking for it. */
  public sealed interface Opened {
    record Armed(PressureTrigger trigger) implements Opened {}

    record Refused(String reason) implements Opened {}
  }

  /** What came of waiting. */
  public enum Heard {
    /** Some process has waited for memory for as long as was asked for within two seconds. */
    PRESSURE,
    /** Nothing in the time. */
    QUIET,
    /** The cgroup is gone: there will be nothing more to hear. */
    OVER
  }

  private PressureTrigger(int fd) {
    this.fd = fd;
  }

  /**
   * Asks for a room's pressure: its cgroup's where the kernel keeps that, the machine's otherwise.
   *
   * @param stallMillis of waiting within two seconds, from 1 to 2,000
   */
  public static Opened open(MemoryRoom room, long stallMillis) {
    return open(room.pressurePath(), stallMillis);
  }

  static Opened open(Path file, long stallMillis) {
    if (stallMillis < 1 || stallMillis * 1000 > WINDOW_MICROS) {
      throw new IllegalArgumentException("no stall within two seconds: " + stallMillis + " ms");
    }
    int fd = TriggerCalls.openForWriting(file.toString());
    if (fd < 0) {
      return new Opened.Refused("open " + file + ": " + Errno.describe(-fd));
    }
    long written =
        TriggerCalls.write(fd, "some %d %d\0".formatted(stallMillis * 1000, WINDOW_MICROS));
    if (written < 0) {
      TriggerCalls.close(fd);
      return new Opened.Refused(
          "the kernel does not take a trigger for " + file + ": " + Errno.describe((int) -written));
    }
    return new Opened.Armed(new PressureTrigger(fd));
  }

  /** Waits, for the given time at most. At most one PRESSURE comes in two seconds. */
  public Heard await(int timeoutMillis) {
    int events = TriggerCalls.pollUrgent(fd, timeoutMillis);
    if (events == -Errno.EINTR || events == 0) {
      return Heard.QUIET;
    }
    return events > 0 && (events & TriggerCalls.POLLERR) == 0 ? Heard.PRESSURE : Heard.OVER;
  }

  @Override
  public void close() {
    TriggerCalls.close(fd);
  }
}
