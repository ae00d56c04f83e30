package io.kidreaper.matrix;

import io.kidreaper.retire.At;
import io.kidreaper.retire.Signal;
import io.kidreaper.testbed.Server;
import java.time.Duration;

/**
 * One cell of the matrix.
 *
 * @param signal what retires one worker of this server
 * @param retirements how many are asked for
 * @param calm how long the same load runs before, to compare with
 * @param seconds the most that its load may take
 */
record Cell(
    Server server,
    Pressure pressure,
    At at,
    Signal signal,
    int retirements,
    Duration calm,
    long seconds) {

  /** A cell with the signal that the test bed knows the server to leave on. */
  static Cell of(
      Server server, Pressure pressure, At at, int retirements, Duration calm, long seconds) {
    return new Cell(
        server,
        pressure,
        at,
        Signal.valueOf(server.traits().retireSignal()),
        retirements,
        calm,
        seconds);
  }

  @Override
  public String toString() {
    return server.name() + ", " + pressure + ", " + at;
  }
}
