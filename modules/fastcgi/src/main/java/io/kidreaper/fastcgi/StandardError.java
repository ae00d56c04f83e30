package io.kidreaper.fastcgi;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Keeps {@link System#err} working when the inherited channel is closed. */
final class StandardError {
  private StandardError() {}

  /**
   * Lets System.err write to a new descriptor of the same file, pipe or terminal. A socket cannot
   * be opened a second time: what is then written to System.err is lost, which Java gives no way
   * around.
   */
  static void keep() {
    try {
      FileOutputStream same = new FileOutputStream("/proc/self/fd/2", true);
      System.setErr(new PrintStream(same, true, StandardCharsets.UTF_8));
    } catch (IOException isSocket) {
      // See above: there is nobody to tell.
    }
  }
}
