package io.kidreaper.show;

import io.kidreaper.control.HistoryEvent;

/** Who is shown what happens, on one thread. */
public interface Audience {
  /** Something that is true of the whole. */
  void say(String sentence);

  /** What happened to the pool, as it happens. */
  void event(double seconds, HistoryEvent event);

  /** How things stand; often. */
  void look(Standing now);

  /** No further look comes of this show. */
  void over();

  /** How things stand. */
  interface Standing {
    /** As a picture of always as many lines. */
    java.util.List<String> picture(boolean colours);

    /** In one line. */
    String line();
  }
}
