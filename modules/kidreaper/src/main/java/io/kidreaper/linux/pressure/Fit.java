package io.kidreaper.linux.pressure;

/** Whether there is memory for something more. */
public sealed interface Fit {
  record Fits(long headroomBytes) implements Fit {}

  record TooTight(long headroomBytes) implements Fit {}

  record Unknown(String reason) implements Fit {}
}
