package io.kidreaper.show;

import io.kidreaper.control.HistoryEvent;
import java.io.PrintWriter;
import java.util.List;

/** A terminal on which one picture is drawn over the one before. */
public final class Screen implements Audience {
  private static final String WIPE_LINE = "\u001b[K";

  private final PrintWriter terminal;
  private final boolean colours;
  private int drawn;

  public Screen(PrintWriter terminal, boolean colours) {
    this.terminal = terminal;
    this.colours = colours;
  }

  @Override
  public void say(String sentence) {
    over();
    terminal.println(sentence);
    terminal.flush();
  }

  @Override
  public void event(double seconds, HistoryEvent event) {
    // It is in the picture.
  }

  @Override
  public void look(Standing now) {
    List<String> lines = now.picture(colours);
    StringBuilder frame = new StringBuilder();
    if (drawn > 0) {
      frame.append("\u001b[").append(drawn).append('A');
    }
    lines.forEach(line -> frame.append('\r').append(line).append(WIPE_LINE).append('\n'));
    drawn = lines.size();
    terminal.print(frame);
    terminal.flush();
  }

  @Override
  public void over() {
    drawn = 0;
  }
}
