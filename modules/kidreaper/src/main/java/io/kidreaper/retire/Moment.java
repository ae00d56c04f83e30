package io.kidreaper.retire;

/**
 * When and how a signal was delivered.
 *
 * @param kind what the worker was doing
 * @param signal which signal
 * @param reachedMicros from the decision to the delivery
 * @param heldMicros how long the worker was held for it; 0 if it was not touched
 * @param stops how often it was stopped on the way; 0 if it was not touched
 */
public record Moment(Kind kind, Signal signal, long reachedMicros, long heldMicros, int stops) {

  /** The same, told from a decision that was taken earlier. */
  Moment decidedEarlier(long micros) {
    return new Moment(kind, signal, reachedMicros + micros, heldMicros, stops);
  }

  /** What a worker was doing when its signal came. */
  public enum Kind {
    /** Held while it waited for a request: nothing can have been cut. */
    HELD_IDLE("between two requests (idle)"),
    /** Held when it was about to wait for its next request: nothing can have been cut. */
    HELD_AT_ENTRY("between two requests"),
    /**
     * Held while it held no connection, and waited for none: no request can have been cut, only
     * what it did besides.
     */
    HELD_WITHOUT_CONNECTION("while it held no connection"),
    /** Seen idle an instant before: a request that came in that instant may have been cut. */
    SEEN_IDLE("when seen idle"),
    /** Anything: a request in flight may have been cut, if the program cuts on this signal. */
    ANY("at no particular moment");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** To follow the signal's name in a sentence. */
    public String words() {
      return words;
    }
  }
}
