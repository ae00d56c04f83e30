package io.kidreaper.linux.trace;

import io.kidreaper.linux.trace.Sockets.Socket;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Finds out what sockets of a process are. */
interface SocketLookup {
  /**
   * What is known of some sockets; those that are of no stream family, or neither listen nor are
   * connected, may be missing.
   *
   * @param descriptors a descriptor of the process for each inode
   * @throws IOException if it could not be read, so that nothing may be concluded
   */
  List<Socket> lookUp(Map<Long, Integer> descriptors) throws IOException;
}
