package io.kidreaper.linux.process;

/**
 * One line that a worker said.
 *
 * @param pid of the worker, or of the worker whose descendant said it
 * @param stream which of the two it was written to
 * @param text without its line end; bytes that are no UTF-8 and control characters are spelled out,
 *     since a log is read on terminals that would obey them
 * @param continues whether the line was too long for one piece and the next piece goes on with it
 */
public record OutputLine(int pid, Stream stream, String text, boolean continues) {
  /** Standard output or standard error. */
  public enum Stream {
    OUT,
    ERR
  }
}
