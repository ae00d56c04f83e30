package io.kidreaper.watch;

import java.util.Optional;

/** The search for a manager that is not there, and what is known of why. */
final class Search implements AutoCloseable {
  private static final long OFTEN_MILLIS = 1_000;
  private static final long SELDOM_MILLIS = 5_000;
  private static final int OFTEN_LOOKS = 30;

  private final ManagerSource source;
  private Optional<String> reason = Optional.empty();
  private boolean forGood;
  private int looks;

  Search(ManagerSource source) {
    this.source = source;
  }

  /** Why there is no manager; empty while there is one, and before the first look. */
  Optional<String> reason() {
    return reason;
  }

  /** Whether there never will be one. */
  boolean isOver() {
    return forGood;
  }

  /** It has gone, for this reason: looked for often again. */
  void lost(String why) {
    reason = Optional.of(why);
    looks = 0;
  }

  /** Looks for it once. */
  ManagerSource.Found look(long nowMillis) {
    ManagerSource.Found found = source.find(nowMillis);
    switch (found) {
      case ManagerSource.Found.Away(String why, boolean never) -> {
        forGood = never;
        looks++;
        reason = Optional.of(why);
      }
      case ManagerSource.Found.Here _ -> {
        reason = Optional.empty();
        looks = 0;
      }
    }
    return found;
  }

  /** How long until it is worth another look. */
  long nextMillis() {
    return looks < OFTEN_LOOKS ? OFTEN_MILLIS : SELDOM_MILLIS;
  }

  @Override
  public void close() {
    source.close();
  }
}
