package io.kidreaper.retire;

/** The signals by which some server's worker is asked to go ({@code signal(7)}). */
public enum Signal {
  HUP(1),
  INT(2),
  QUIT(3),
  KILL(9),
  USR1(10),
  USR2(12),
  TERM(15);

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  /** Its number on Linux, the same on x86-64 and aarch64. */
  public int number() {
    return number;
  }
}
