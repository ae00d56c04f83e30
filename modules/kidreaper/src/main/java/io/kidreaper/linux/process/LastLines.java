package io.kidreaper.linux.process;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last few lines of a stream, for the message about a death. Not safe for several threads. */
final class LastLines {
  private static final int MAX_CHARS = 500;

  private final Deque<String> lines = new ArrayDeque<>();
  private final int most;

  LastLines(int most) {
    this.most = most;
  }

  void add(String line) {
    if (lines.size() == most) {
      lines.removeFirst();
    }
    lines.addLast(line.length() > MAX_CHARS ? line.substring(0, MAX_CHARS) + "…" : line);
  }

  List<String> list() {
    return List.copyOf(lines);
  }
}
