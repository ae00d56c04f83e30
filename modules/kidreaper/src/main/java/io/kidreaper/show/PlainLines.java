package io.kidreaper.show;

import io.kidreaper.control.HistoryEvent;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Set;

/** A log: a line for what happens to a worker, and one about the whole now and then. */
public final class PlainLines implements Audience {
  private static final Set<String> TOLD = Set.of("retiring", "killed", "ended", "note", "stuck");
  private static final long EVERY_NANOS = 2_000_000_000L;

  private final PrintWriter out;
  private long toldNanos;
  private boolean told;

  public PlainLines(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void say(String sentence) {
    out.println(sentence);
    out.flush();
  }

  @Override
  public void event(double seconds, HistoryEvent event) {
    if (TOLD.contains(event.kind())) {
      say(String.format(Locale.ROOT, "%5.1f s  %s", seconds, event.text()));
    }
  }

  @Override
  public void look(Standing now) {
    long nanos = System.nanoTime();
    if (!told || nanos - toldNanos >= EVERY_NANOS) {
      told = true;
      toldNanos = nanos;
      say(now.line());
    }
  }

  @Override
  public void over() {
    told = false;
  }
}
