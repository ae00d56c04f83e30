package io.kidreaper.testbed.load;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One connection's worth of a load: one request after another, none of them twice. */
final class Client {
  private static final long NAP_NANOS = Duration.ofMillis(50).toNanos();

  private final Load load;
  private final RunningLoad whole;
  private final SplittableRandom random;
  private final Tally tally = new Tally();
  private final long offsetNanos;
  private @Nullable HttpConnection connection;

  Client(Load load, int number, RunningLoad whole) {
    this.load = load;
    this.whole = whole;
    this.random = new SplittableRandom(load.seed() * 1_000_003 + number);
    // Connections of a trickle start one after another, not all at once.
    this.offsetNanos = load.pace().toNanos() / Math.max(1, load.connections()) * number;
  }

  void untilDone() {
    try {
      long dueNanos = offsetNanos;
      awaitTime(dueNanos);
      while (whole.begin()) {
        ask(load.mix().next(random));
        dueNanos += load.pace().toNanos();
        awaitTime(dueNanos);
      }
    } finally {
      disconnect();
    }
  }

  /** What became of its requests; to be read when it is done. */
  Tally tally() {
    return tally;
  }

  private void ask(Route route) {
    long sentNanos = whole.sinceStartNanos();
    Outcome outcome;
    String detail = "";
    try {
      HttpConnection open = connect();
      try {
        Answer answer = open.send(route);
        outcome = answer.outcome(route);
        if (outcome != Outcome.OK) {
          detail = answer.fault(route).orElse("");
        }
        if (!answer.keepsOpen()) {
          disconnect();
        }
      } catch (SocketTimeoutException e) {
        outcome = Outcome.SILENT;
        detail =
            "nothing for %d ms after %d bytes"
                .formatted(load.limits().patience().toMillis(), open.received());
        disconnect();
      } catch (IOException e) {
        outcome = Outcome.CUT;
        detail = "%s after %d bytes".formatted(e, open.received());
        disconnect();
      }
    } catch (IOException e) {
      outcome = Outcome.REFUSED;
      detail = e.toString();
    }
    long tookNanos = whole.sinceStartNanos() - sentNanos;
    tally.add(outcome, tookNanos);
    if (outcome != Outcome.OK) {
      tally.lost(
          new Loss(
              outcome,
              route,
              TimeUnit.NANOSECONDS.toMillis(sentNanos),
              TimeUnit.NANOSECONDS.toMillis(tookNanos),
              detail));
    }
    whole.ended();
  }

  private HttpConnection connect() throws IOException {
    HttpConnection open = connection;
    if (open == null) {
      open = HttpConnection.open(load.address(), load.limits().patience());
      connection = open;
    }
    return open;
  }

  private void disconnect() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  // In short naps, so that a stopped trickle does not wait for its next turn.
  private void awaitTime(long dueNanos) {
    for (long left = dueNanos - whole.sinceStartNanos();
        left > 0 && !whole.isStopped();
        left = dueNanos - whole.sinceStartNanos()) {
      LockSupport.parkNanos(Math.min(left, NAP_NANOS));
    }
  }
}
