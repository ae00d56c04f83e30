package io.kidreaper.pool;

import java.util.OptionalLong;

/**
 * What is known of a worker besides its memory. What was not read is empty, never 0.
 *
 * @param requests that it has accepted at least, counted and not guessed
 * @param stirs a number that rises whenever the worker accepts a request and may rise without one:
 *     while it stays as it was, the worker has accepted nothing
 * @param bootBytes its private memory when it was first ready, if that was read before it had
 *     served much
 */
public record Duty(
    Occupation occupation, OptionalLong requests, OptionalLong stirs, OptionalLong bootBytes) {
  /** Of a worker that nobody has looked at. */
  public static final Duty UNKNOWN =
      new Duty(
          Occupation.UNKNOWN, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

  /** The same with another number of stirs. */
  public Duty withStirs(OptionalLong read) {
    return new Duty(occupation, requests, read, bootBytes);
  }
}
