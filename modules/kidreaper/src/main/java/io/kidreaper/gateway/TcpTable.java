package io.kidreaper.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the kernel knows of TCP connections with one local port: {@code /proc/net/tcp} and {@code
 * tcp6}, {@code proc_pid_net(5)}. A line of it:
 *
 * <pre>
 *  sl  local_address rem_address   st …
 *   0: 0100007F:1F90 0100007F:C35A 01 …     addresses as 32-bit words in the machine's byte order
 * </pre>
 */
final class TcpTable {
  /** What became of the other end. */
  enum Peer {
    THERE,
    /** It has closed its sending half, as one that goes away does, or all of it. */
    GONE,
    /** Reset, or missed by this reading. */
    UNKNOWN
  }

  private static final int ESTABLISHED = 1;

  private record Ends(InetSocketAddress local, InetSocketAddress remote) {}

  private final Map<Ends, Integer> states = new HashMap<>();

  private TcpTable() {}

  /** Reads the tables in a directory, or nothing where there are none. */
  static Optional<TcpTable> read(Path directory, int localPort) {
    TcpTable table = new TcpTable();
    boolean any = false;
    for (String name : new String[] {"tcp", "tcp6"}) {
      try {
        table.parse(Files.readString(directory.resolve(name), ISO_8859_1), localPort);
        any = true;
      } catch (IOException none) {
        // A kernel without IPv6 has one table only.
      }
    }
    return any ? Optional.of(table) : Optional.empty();
  }

  Peer peer(InetSocketAddress local, InetSocketAddress remote) {
    Integer state = states.get(new Ends(local, remote));
    return state == null ? Peer.UNKNOWN : state == ESTABLISHED ? Peer.THERE : Peer.GONE;
  }

  private void parse(String text, int localPort) throws IOException {
    String port = ":%04X".formatted(localPort);
    for (String line : text.lines().toList()) {
      if (!line.contains(port)) {
        continue;
      }
      String[] fields = line.strip().split(" +", -1);
      if (fields.length > 3 && fields[1].endsWith(port)) {
        states.put(
            new Ends(address(fields[1]), address(fields[2])), Integer.parseInt(fields[3], 16));
      }
    }
  }

  private static InetSocketAddress address(String field) throws UnknownHostException {
    int colon = field.indexOf(':');
    ByteBuffer bytes = ByteBuffer.allocate(colon / 2).order(ByteOrder.nativeOrder());
    for (int at = 0; at + 8 <= colon; at += 8) {
      bytes.putInt(Integer.parseUnsignedInt(field, at, at + 8, 16));
    }
    // An IPv4 address within an IPv6 one comes out as IPv4, as Java has it for the exchange, too.
    return new InetSocketAddress(
        InetAddress.getByAddress(bytes.array()),
        Integer.parseInt(field, colon + 1, field.length(), 16));
  }
}
