package io.kidreaper.retire;

import io.kidreaper.pool.ProcessId;

/** Told, a few times a second, what a sweep is waiting for. */
public interface Progress {
  Progress NONE =
      new Progress() {
        @Override
        public void awaitingBoundary(ProcessId worker, long sinceDecisionMillis) {}

        @Override
        public void draining(ProcessId worker, long sinceSignalMillis) {}

        @Override
        public void awaitingReplacement(ProcessId worker, long sinceExitMillis) {}

        @Override
        public void pausing(long remainingMillis) {}
      };

  /** The worker is to go, and the right moment for its signal has not come yet. */
  void awaitingBoundary(ProcessId worker, long sinceDecisionMillis);

  /** The worker has its signal and has not left yet. */
  void draining(ProcessId worker, long sinceSignalMillis);

  /** The worker has left, and no new one is there yet. */
  void awaitingReplacement(ProcessId worker, long sinceExitMillis);

  /** The next signal is not due yet. */
  void pausing(long remainingMillis);
}
