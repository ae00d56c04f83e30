package io.kidreaper.linux.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * The listening sockets of a process that were given to it.
 *
 * @param links as {@code /proc/PID/fd} has them: {@code socket:[4711]}
 */
record GivenListeners(Proc proc, int pid, Set<String> links) implements Listeners {
  @Override
  public boolean isListener(int fd) {
    Path link = proc.root().resolve(Integer.toString(pid)).resolve("fd/" + fd);
    try {
      return fd >= 0 && links.contains(Files.readSymbolicLink(link).toString());
    } catch (IOException e) {
      return false; // not open
    }
  }

  @Override
  public boolean isListenerInode(long inode) {
    return links.contains("socket:[" + inode + "]");
  }
}
