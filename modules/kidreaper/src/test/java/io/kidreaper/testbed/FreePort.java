package io.kidreaper.testbed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports that are free for a server that opens its port itself.
 *
 * <p>They are drawn from below the range of {@code ip_local_port_range}, so that no outgoing
 * connection takes one in the moment before the server does, and at random, so that two runs on one
 * machine seldom meet.
 */
final class FreePort {
  private static final int FIRST = 12_000;
  private static final int AFTER_LAST = 32_000;
  private static final int TRIES = 100;

  private FreePort() {}

  static int next() {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, AFTER_LAST);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port from " + FIRST + " in " + TRIES + " tries");
  }

  // The wildcard address, so that neither 127.0.0.1 nor ::1 is taken.
  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
