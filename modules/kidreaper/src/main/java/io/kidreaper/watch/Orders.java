package io.kidreaper.watch;

import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.policy.PolicySettings;
import java.util.Optional;

/**
 * What holds for a pool beyond its settings: what people have said of it since, and whether it may
 * be acted on at all. For the watching thread.
 */
final class Orders {
  private Optional<Limit> limit = Optional.empty();
  private Optional<String> handsOff = Optional.empty();
  private boolean paused;

  /** Other settings came: what was said of the former ones holds no more. */
  void settingsChanged() {
    limit = Optional.empty();
    handsOff = Optional.empty();
  }

  /** There is another manager, whose workers may be signalled perhaps. */
  void managerChanged() {
    handsOff = Optional.empty();
  }

  /** False if it was so before. */
  boolean pause() {
    boolean was = paused;
    paused = true;
    return !was;
  }

  /** False if it was not paused. */
  boolean resume() {
    boolean was = paused;
    paused = false;
    return was;
  }

  boolean isPaused() {
    return paused;
  }

  /** Nobody of this pool may be signalled. False if that was known before. */
  boolean keepHandsOff(String reason) {
    if (handsOff.isPresent()) {
      return false;
    }
    handsOff = Optional.of(reason);
    return true;
  }

  /** Why nobody may be signalled, if so. */
  Optional<String> handsOff() {
    return handsOff;
  }

  /**
   * From now on a worker may cost so much.
   *
   * @throws IllegalArgumentException if it does not go with the other settings
   */
  Limit limit(PolicySettings settings, long bytes) {
    Limit next = new Limit(settings.limit().map(Limit::measure).orElse(Measure.PRIVATE), bytes);
    PolicySettings _ = settings.withLimit(Optional.of(next)); // refuses what cannot be
    limit = Optional.of(next);
    return next;
  }

  /** The settings with what was said. */
  PolicySettings said(PolicySettings settings) {
    return limit.isPresent() ? settings.withLimit(limit) : settings;
  }

  /** What is acted on now. */
  PolicySettings actedOn(PolicySettings settings) {
    return paused || handsOff.isPresent() ? AttachedSettings.unlimited(settings) : said(settings);
  }
}
