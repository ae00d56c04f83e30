package io.kidreaper.fastcgi;

import java.io.IOException;
import java.nio.channels.ByteChannel;

/**
 * Makes connections that {@link java.nio.channels.SocketChannel} cannot, for instance to a name in
 * Linux's abstract space ({@code unix(7)}).
 */
@FunctionalInterface
public interface Dialer {
  /**
   * Connects.
   *
   * @param connectMillis how long that may take, in milliseconds; 0 = no limit
   * @return a channel whose reads and writes block, and end with an exception when another thread
   *     closes it
   * @throws java.net.ConnectException if nobody listens
   * @throws java.net.SocketTimeoutException if it takes too long
   */
  ByteChannel dial(long connectMillis) throws IOException;
}
