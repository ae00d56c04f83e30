package io.kidreaper.memory;

import java.util.Locale;

/** Which number of a worker's memory is held against a limit. */
public enum Measure {
  /** Private_Clean + Private_Dirty + Swap − LazyFree: what the worker's exit gives back. */
  PRIVATE,
  /** Resident set size: what is in RAM, shared pages counted in full. */
  RSS,
  /** Proportional set size: shared pages divided by the processes that share them. */
  PSS,
  /** Virtual size: what is mapped, used or not. */
  VSZ;

  /** The word for it on the command line and in JSON. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
