package io.kidreaper.linux;

import java.util.OptionalLong;

/**
 * How often the threads of a process have gone to sleep: {@code voluntary_ctxt_switches} of {@code
 * /proc/PID/task/TID/status}. Who waits for a request and was not woken has not slept again.
 */
final class Switches {
  private Switches() {}

  /**
   * Of all threads together; empty if one could not be read, since it may be the one that works.
   */
  static OptionalLong of(ProcFs proc, int pid) {
    long sum = 0;
    boolean any = false;
    for (int thread : proc.numericNames(pid + "/task")) {
      if (!(proc.parseShort(pid + "/task/" + thread + "/status", Switches::parse)
          instanceof ProcRead.Found<Long>(Long count))) {
        return OptionalLong.empty();
      }
      sum += count;
      any = true;
    }
    return any ? OptionalLong.of(sum) : OptionalLong.empty();
  }

  static long parse(byte[] status) {
    String key = "voluntary_ctxt_switches";
    String count =
        new KeyValues(status)
            .value(key)
            .orElseThrow(() -> new MalformedProcFileException("there is no line " + key));
    try {
      return Long.parseUnsignedLong(count);
    } catch (NumberFormatException e) {
      throw new MalformedProcFileException(key + " is not a number: " + count);
    }
  }
}
