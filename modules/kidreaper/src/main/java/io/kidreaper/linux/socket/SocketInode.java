package io.kidreaper.linux.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Which socket a descriptor is of: what its link under {@code /proc/PID/fd} says. */
final class SocketInode {
  private SocketInode() {}

  /**
   * @param link {@code /proc/PID/fd/N}, which reads {@code socket:[12345]}
   * @return empty where the descriptor is of no socket, or its link cannot be read
   */
  static OptionalLong of(Path link) {
    try {
      String target = Files.readSymbolicLink(link).toString();
      return target.matches("socket:\\[[0-9]{1,18}\\]")
          ? OptionalLong.of(Long.parseLong(target.substring(8, target.length() - 1)))
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
