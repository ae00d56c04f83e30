package io.kidreaper.linux.trace;

/**
 * Why a worker is followed no longer; it was let go, and runs on unless it ended.
 *
 * @param stops how often it stopped from its first boundary on
 */
public record FollowEnd(Why why, int stops) {
  public enum Why {
    DONE("was followed for as many requests as were asked for"),
    TIME("was followed for as long as was asked for"),
    CANCELLED("was left alone on request"),
    ENDED("has ended"),
    REPLACED("has become another program"),
    STOPPED("was stopped by a signal"),
    THREADS("has several threads, and only workers of one thread can be followed"),
    UNCLEAR("cannot be judged: what it holds open could not be read");

    private final String words;

    Why(String words) {
      this.words = words;
    }

    /** The reason as a sentence without its subject. */
    public String words() {
      return words;
    }
  }
}
