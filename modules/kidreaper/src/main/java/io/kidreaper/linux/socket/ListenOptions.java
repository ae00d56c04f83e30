package io.kidreaper.linux.socket;

import java.util.Optional;

/**
 * How a listening socket is opened.
 *
 * @param backlog connections that may wait to be accepted, at least 1; the kernel cuts it to {@code
 *     net.core.somaxconn}
 * @param fileMode permission bits of a socket file, 0 to 0777; whoever may write may connect
 * @param fileOwner user that owns a socket file; empty leaves kidreaper's own
 * @param fileGroup group of a socket file; empty leaves kidreaper's own
 */
public record ListenOptions(
    int backlog, int fileMode, Optional<String> fileOwner, Optional<String> fileGroup) {
  public static final ListenOptions DEFAULT =
      new ListenOptions(1024, 0660, Optional.empty(), Optional.empty());

  public ListenOptions {
    if (backlog < 1) {
      throw new IllegalArgumentException("backlog below 1: " + backlog);
    }
    if (fileMode < 0 || fileMode > 0777) {
      throw new IllegalArgumentException(
          "not permission bits: 0" + Integer.toOctalString(fileMode));
    }
  }
}
