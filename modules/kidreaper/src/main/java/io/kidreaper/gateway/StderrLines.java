package io.kidreaper.gateway;

import io.kidreaper.fastcgi.FastCgiReply;
import java.util.function.Consumer;

/** Hands on what an application writes to its standard error, line by line as it comes. */
final class StderrLines {
  private final String prefix;
  private final Consumer<String> log;
  private int seenBytes;
  private int toldCharacters;

  StderrLines(String prefix, Consumer<String> log) {
    this.prefix = prefix;
    this.log = log;
  }

  /** Tells the lines that are complete. */
  void look(FastCgiReply reply) {
    if (reply.stderrBytes() != seenBytes) {
      seenBytes = reply.stderrBytes();
      String text = reply.stderr();
      tell(text, text.lastIndexOf('\n') + 1);
    }
  }

  /** Tells the rest, when no more comes. */
  void end(FastCgiReply reply) {
    String text = reply.stderr();
    tell(text, text.length());
  }

  private void tell(String text, int end) {
    if (end > toldCharacters) {
      text.substring(toldCharacters, end).lines().forEach(line -> log.accept(prefix + ": " + line));
      toldCharacters = end;
    }
  }
}
