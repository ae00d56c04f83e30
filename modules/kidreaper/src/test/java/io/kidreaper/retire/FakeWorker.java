package io.kidreaper.retire;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.ProcessId;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** A process of a {@link FakePool}, and how it takes being asked to go. */
final class FakeWorker {
  static final long NEVER = Long.MAX_VALUE;

  private final ProcessId id;
  private Reading listed;
  private Reading closeUp;
  int parentPid;
  long leavesAfterMillis = 40;
  long replacedAfterMillis = 15;
  long endsAtMillis = NEVER;
  private long busyUntilMillis;
  private long busyAgainAtMillis = NEVER;
  private final NavigableMap<Long, Activity> life = new TreeMap<>();
  boolean ignoresKill;
  long bornAtMillis;
  Optional<FakeWorker> successor = Optional.empty();
  Optional<String> openRefused = Optional.empty();
  Optional<String> signalRefused = Optional.empty();

  /** Ends, and its pid is another process's, at the moment when it would be opened. */
  boolean pidReused;

  FakeWorker(ProcessId id, int parentPid, long privateBytes) {
    this.id = id;
    this.parentPid = parentPid;
    this.listed = sample(privateBytes);
    this.closeUp = listed;
  }

  static Sample sample(long privateBytes) {
    return new Sample(
        privateBytes * 3,
        privateBytes * 2,
        new Rollup(privateBytes * 2, privateBytes, 0, 0, 0, privateBytes, privateBytes, 0, 0, 0));
  }

  ProcessId id() {
    return id;
  }

  /** As the pool's reader shows it. */
  Reading listed() {
    return listed;
  }

  /** As it is seen just before its signal. */
  Reading closeUp() {
    return closeUp;
  }

  FakeWorker leavesAfter(long millis) {
    leavesAfterMillis = millis;
    return this;
  }

  FakeWorker ignoresSignals() {
    return leavesAfter(NEVER);
  }

  FakeWorker replacedAfter(long millis) {
    replacedAfterMillis = millis;
    return this;
  }

  FakeWorker neverReplaced() {
    return replacedAfter(NEVER);
  }

  FakeWorker endsAt(long millis) {
    endsAtMillis = millis;
    return this;
  }

  /** Serves requests until then. */
  FakeWorker busyUntil(long millis) {
    busyUntilMillis = millis;
    return this;
  }

  /** Serves requests from then on. */
  FakeWorker busyFrom(long millis) {
    busyAgainAtMillis = millis;
    return this;
  }

  /** Does this from the start to its end, or until something else. */
  FakeWorker does(Activity activity) {
    return from(0, activity);
  }

  FakeWorker from(long millis, Activity activity) {
    life.put(millis, activity);
    return this;
  }

  Activity doing(long millis) {
    if (millis < busyUntilMillis || millis >= busyAgainAtMillis) {
      return new Activity.Serving(1);
    }
    return Optional.ofNullable(life.floorEntry(millis))
        .map(Map.Entry::getValue)
        .orElseGet(Activity.Idle::new);
  }

  /** Ignores even KILL, as one in uninterruptible sleep seems to. */
  FakeWorker ignoresKill() {
    ignoresKill = true;
    return ignoresSignals();
  }

  FakeWorker adoptedBy(int pid) {
    parentPid = pid;
    return this;
  }

  FakeWorker openRefused(String reason) {
    openRefused = Optional.of(reason);
    return this;
  }

  FakeWorker signalRefused(String reason) {
    signalRefused = Optional.of(reason);
    return this;
  }

  FakeWorker pidReused() {
    pidReused = true;
    return this;
  }

  FakeWorker vanishedWhileRead() {
    listed = new Reading.Vanished();
    return endsAt(0);
  }

  FakeWorker unreadable(String reason) {
    listed = new Reading.Unreadable(reason);
    return this;
  }

  FakeWorker withoutDetailBeforeItsSignal() {
    closeUp = new Sample(1, 1, new Detail.Unreadable("EACCES"));
    return this;
  }
}
