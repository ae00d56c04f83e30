package io.kidreaper.policy;

/** Why nobody of a pool is retired any more until a person resumes it. */
public sealed interface Freeze {
  /**
   * Those retired were succeeded by workers that are hardly smaller.
   *
   * @param retirements in a row
   */
  record GivesNothingBack(int retirements, long beforeBytes, long afterBytes) implements Freeze {}

  record ManagerLost(String reason) implements Freeze {}
}
