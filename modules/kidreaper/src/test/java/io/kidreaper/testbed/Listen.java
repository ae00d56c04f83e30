package io.kidreaper.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Where a server listens. */
public sealed interface Listen {
  /** A unix socket at a path. */
  record Unix(Path path) implements Listen {
    @Override
    public String hostAndPort() {
      return path.toString();
    }

    @Override
    public String nginxAddress() {
      return "unix:" + path;
    }

    // A line of /proc/net/unix: Num RefCount Protocol Flags Type St Inode Path. __SO_ACCEPTCON,
    // 0x10000, is set in the flags of a listening socket.
    @Override
    public boolean isListening() {
      return table("unix")
          .lines()
          .anyMatch(line -> line.endsWith(" " + path) && line.contains(" 00010000 "));
    }
  }

  /** A port of a loopback address; {@code host} is without brackets. */
  record Tcp(String host, int port) implements Listen {
    @Override
    public String hostAndPort() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String nginxAddress() {
      return hostAndPort();
    }

    // A line of /proc/net/tcp: sl local_address:port rem_address:port st … with the state 0A,
    // TCP_LISTEN.
    @Override
    public boolean isListening() {
      String local = ":%04X ".formatted(port);
      return (table("tcp") + table("tcp6"))
          .lines()
          .map(line -> line.strip().split("\\s+"))
          .anyMatch(fields ->
              fields.length > 3
                  && (fields[1] + " ").toUpperCase(Locale.ROOT).endsWith(local)
                  && fields[3].equals("0A"));
    }
  }

  /** A new address of one kind, which nobody listens on. */
  static Listen on(SocketKind kind, TempDir dir, String name) {
    return switch (kind) {
      case UNIX -> new Unix(dir.path(name + ".sock"));
      case TCP4 -> new Tcp("127.0.0.1", FreePort.next());
      case TCP6 -> new Tcp("::1", FreePort.next());
    };
  }

  /** {@code host:port}, an IPv6 host in brackets, or the path of a unix socket. */
  String hostAndPort();

  /** How nginx's configuration names it. */
  String nginxAddress();

  /** Whether somebody listens there now, as the kernel's tables tell: nothing is connected. */
  boolean isListening();

  private static String table(String name) {
    try {
      return Files.readString(Path.of("/proc/net", name), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
