package io.kidreaper.show;

/** How a worker that has reached the limit is made to go. */
public enum Way {
  /** As kidreaper does it: another is ready first, and then it goes between two requests. */
  BOUNDARY("retired by kidreaper"),
  /** TERM as soon as it is seen over the limit, as scripts do it. */
  SIGNAL("plain TERM"),
  /** KILL as soon as it is seen over the limit, as a hard memory limit does it. */
  KILL("hard memory limit");

  private final String words;

  Way(String words) {
    this.words = words;
  }

  /** What it is called in a title. */
  String words() {
    return words;
  }

  /** What it is called in a table. */
  @Override
  public String toString() {
    return words;
  }
}
