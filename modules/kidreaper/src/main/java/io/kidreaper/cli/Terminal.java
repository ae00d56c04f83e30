package io.kidreaper.cli;

import io.kidreaper.linux.Libc;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;

/**
 * Where words go: results to standard output, complaints and progress to standard error.
 *
 * @param colours whether results may be coloured
 * @param live whether a line that rewrites itself may be shown on standard error
 */
record Terminal(PrintWriter out, PrintWriter err, boolean colours, boolean live) {
  private static final int STDOUT = 1;
  private static final int STDERR = 2;

  static Terminal standard(Libc libc) {
    boolean dumb = "dumb".equals(System.getenv("TERM"));
    boolean plain = dumb || System.getenv("NO_COLOR") != null;
    return new Terminal(
        writer(FileDescriptor.out),
        writer(FileDescriptor.err),
        !plain && libc.isTerminal(STDOUT),
        !dumb && libc.isTerminal(STDERR));
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    Charset charset = Charset.forName(System.getProperty("stdout.encoding", "UTF-8"));
    return new PrintWriter(
        new BufferedWriter(new OutputStreamWriter(new FileOutputStream(descriptor), charset)),
        true);
  }

  /** Says what went wrong, on standard error. */
  void complain(String sentence) {
    err.println("kidreaper: " + sentence);
  }

  /** Whether some result did not reach standard output (a full disk, a closed pipe). */
  boolean writeFailed() {
    return out.checkError();
  }
}
