package io.kidreaper.fastcgi;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A socket that web servers connect to (sections 2.2 and 3.2).
 *
 * @param channel in blocking mode, and to be accepted from by a platform thread only: a virtual
 *     thread would make the socket non-blocking for every process that shares it
 * @param file the socket's file if this process made it, or null
 * @param inherited whether other processes may share the socket
 * @param webServers who may connect over TCP; empty means everybody
 */
record Listener(
    ServerSocketChannel channel,
    @Nullable Path file,
    boolean inherited,
    Set<InetAddress> webServers) {
  /** Connections that may wait to be accepted. */
  private static final int BACKLOG = 1_024;

  static Listener inherited(Set<InetAddress> webServers) throws IOException {
    Channel channel = System.inheritedChannel();
    if (channel instanceof ServerSocketChannel server) {
      return new Listener(server, null, true, webServers);
    }
    throw new IOException(
        "descriptor 0 is not a listening socket: start this program by a FastCGI process manager"
            + " or web server, or give it a TCP address or the path of a unix socket");
  }

  static Listener tcp(InetSocketAddress address, Set<InetAddress> webServers) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(address, BACKLOG);
      return new Listener(channel, null, false, webServers);
    } catch (IOException failed) {
      channel.close();
      throw new IOException("cannot listen on " + address, failed);
    }
  }

  static Listener unix(Path file) throws IOException {
    removeIfStale(file);
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(UnixDomainSocketAddress.of(file), BACKLOG);
      return new Listener(channel, file, false, Set.of());
    } catch (IOException failed) {
      channel.close();
      throw new IOException("cannot listen on " + file, failed);
    }
  }

  /** Removes a socket on which nobody listens, as a killed server leaves it; nothing else. */
  private static void removeIfStale(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    if (!Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
      throw new IOException("cannot listen on " + file + ": it exists and is not a socket");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(file));
    } catch (SocketException refused) {
      Files.delete(file);
      return;
    }
    throw new IOException("cannot listen on " + file + ": another process does");
  }

  /**
   * Waits for a web server that may connect. What was accepted in the very moment of the close is
   * given out like any other: its request is on the way, and nobody else can answer it.
   */
  SocketChannel accept() throws IOException {
    while (true) {
      SocketChannel connection = channel.accept();
      try {
        // Asked of the connection and not of the listener, which may be closed by now.
        if (!(connection.getRemoteAddress() instanceof InetSocketAddress peer)) {
          return connection;
        }
        if (webServers.isEmpty() || webServers.contains(peer.getAddress())) {
          // What is flushed is meant to arrive, not to wait for the answer to what came before.
          connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
          return connection;
        }
      } catch (IOException gone) {
        // It was closed between being accepted and being looked at: on to the next one.
      }
      connection.close();
    }
  }

  SocketAddress address() throws IOException {
    return channel.getLocalAddress();
  }

  /** Stops listening. What is accepted already goes on. */
  void close() throws IOException {
    if (inherited) {
      // Closing the inherited channel points descriptors 0 to 2 at /dev/null; keep the log alive.
      StandardError.keep();
    }
    channel.close();
    if (file != null) {
      Files.deleteIfExists(file);
    }
  }

  /**
   * The web servers that the environment variable FCGI_WEB_SERVER_ADDRS allows (3.2): addresses
   * with commas between them. Unset means everybody.
   *
   * @throws IllegalArgumentException if there is something else in it
   */
  static Set<InetAddress> webServers(@Nullable String variable) {
    Set<InetAddress> addresses = new HashSet<>();
    if (variable != null) {
      for (String address : variable.split(",", -1)) {
        addresses.add(InetAddress.ofLiteral(address.strip()));
      }
    }
    return addresses;
  }
}
