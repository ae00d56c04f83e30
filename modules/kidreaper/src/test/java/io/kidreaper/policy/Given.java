package io.kidreaper.policy;

import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import java.util.Optional;
import java.util.OptionalLong;

/** Settings for a test, which names only those that it is about. */
final class Given {
  private Optional<Limit> limit = Optional.empty();
  private int samplesOver = 1;
  private Optional<Limit> hardLimit = Optional.empty();
  private OptionalLong budgetBytes = OptionalLong.empty();
  private OptionalLong maxRequests = OptionalLong.empty();
  private OptionalLong maxAgeMillis = OptionalLong.empty();
  private OptionalLong idleRetireMillis = OptionalLong.empty();
  private double jitterShare;
  private Restraint restraint = Restraint.MANAGED;

  Given limit(long bytes) {
    limit = Optional.of(new Limit(Measure.PRIVATE, bytes));
    return this;
  }

  Given limit(Measure measure, long bytes) {
    limit = Optional.of(new Limit(measure, bytes));
    return this;
  }

  Given samplesOver(int samples) {
    samplesOver = samples;
    return this;
  }

  Given hardLimit(long bytes) {
    hardLimit = Optional.of(new Limit(Measure.PRIVATE, bytes));
    return this;
  }

  Given budget(long bytes) {
    budgetBytes = OptionalLong.of(bytes);
    return this;
  }

  Given maxRequests(long requests) {
    maxRequests = OptionalLong.of(requests);
    return this;
  }

  Given maxAge(long millis) {
    maxAgeMillis = OptionalLong.of(millis);
    return this;
  }

  Given idleRetire(long millis) {
    idleRetireMillis = OptionalLong.of(millis);
    return this;
  }

  Given jitter(double share) {
    jitterShare = share;
    return this;
  }

  Given restraint(Restraint how) {
    restraint = how;
    return this;
  }

  /** Another manager's pool, without the waiting that a test is not about. */
  Given attached(int atMostLeaving, int keepWorkers, long gapMillis, long minAgeMillis) {
    return restraint(
        new Restraint(atMostLeaving, keepWorkers, gapMillis, minAgeMillis, 60_000, 10_000, 3));
  }

  PolicySettings settings() {
    return new PolicySettings(
        limit,
        samplesOver,
        hardLimit,
        budgetBytes,
        maxRequests,
        maxAgeMillis,
        idleRetireMillis,
        jitterShare,
        restraint);
  }
}
