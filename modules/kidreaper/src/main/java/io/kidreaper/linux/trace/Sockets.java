package io.kidreaper.linux.trace;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the kernel's tables of sockets: {@code /proc/PID/net/tcp}, {@code tcp6} and {@code unix}.
 *
 * <pre>{@code
 * tcp    0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  33 0 4711 1 …
 *           local         remote        state                                  uid   inode
 * tcp6   the same with 32 digits an address, each group of 8 in the machine's byte order
 * unix   000000004b1c: 00000002 00000000 00010000 0001 01 4712 /run/pool.sock
 *        address       refs     protocol flags    type st inode path, @ for each zero byte
 * }</pre>
 */
final class Sockets {
  private static final String LISTEN = "0A";
  private static final int ACCEPTS_CONNECTIONS = 0x10000;

  private Sockets() {}

  /**
   * One socket.
   *
   * @param inode which it is; 0 belongs to no descriptor (a connection not yet accepted, say)
   * @param listening whether it takes connections
   * @param local what it is bound to
   */
  record Socket(long inode, boolean listening, Local local) {}

  /** What a socket is bound to. */
  sealed interface Local {
    /** The name of a unix socket; the empty name is no name. */
    record Unix(String name) implements Local {}

    /**
     * An address of TCP.
     *
     * @param address its bytes in hexadecimal, an IPv4 address mapped into IPv6 as plain IPv4
     */
    record Tcp(String address, int port) implements Local {
      private static final String MAPPED = "00000000000000000000FFFF";

      /** From the bytes as they travel, in hexadecimal. */
      static Tcp of(String address, int port) {
        boolean mapped = address.length() == 32 && address.startsWith(MAPPED);
        return new Tcp(mapped ? address.substring(MAPPED.length()) : address, port);
      }

      boolean isWildcard() {
        return address.chars().allMatch(digit -> digit == '0');
      }
    }

    /** Whether a connection with this local end can have come from a listener with that one. */
    default boolean cameFrom(Local listener) {
      return switch (this) {
        case Unix(String name) ->
            !name.isEmpty() && listener instanceof Unix(String path) && name.equals(path);
        // A wildcard of either family is taken to listen for both: whether [::] also takes IPv4 is
        // a socket option that is not to be seen from outside, and holding too long loses nothing.
        case Tcp(String address, int port) ->
            listener instanceof Tcp there
                && there.port() == port
                && (there.isWildcard() || there.address().equals(address));
      };
    }
  }

  /** The sockets of a {@code tcp} or {@code tcp6} table; lines of another form are passed over. */
  static List<Socket> parseTcp(String table) {
    List<Socket> sockets = new ArrayList<>();
    for (String line : table.split("\n", -1)) {
      String[] words = line.strip().split("\\s+", -1);
      int colon = words.length > 9 ? words[1].indexOf(':') : -1;
      if (colon != 8 && colon != 32) {
        continue;
      }
      try {
        int port = Integer.parseInt(words[1].substring(colon + 1), 16);
        Local local = Local.Tcp.of(inOrder(words[1].substring(0, colon)), port);
        sockets.add(new Socket(Long.parseLong(words[9]), words[3].equals(LISTEN), local));
      } catch (NumberFormatException e) {
        // not an entry after all
      }
    }
    return sockets;
  }

  /** The kernel prints groups of four bytes as numbers, on these machines last byte first. */
  private static String inOrder(String printed) {
    StringBuilder bytes = new StringBuilder(printed.length());
    for (int group = 0; group < printed.length(); group += 8) {
      for (int at = 6; at >= 0; at -= 2) {
        bytes.append(printed, group + at, group + at + 2);
      }
    }
    return bytes.toString();
  }

  /**
   * The sockets of a {@code unix} table. A name may hold any byte, newlines too, and the kernel
   * prints them as they are: what does not begin like an entry belongs to the name before it. (Who
   * forges an entry so can only make a worker seem busy: entries add up, none hides another.)
   *
   * @param table each byte of the file as one char
   */
  static List<Socket> parseUnix(String table) {
    List<Socket> sockets = new ArrayList<>();
    StringBuilder entry = new StringBuilder();
    // The last newline ends the file, not a name.
    String lines = table.endsWith("\n") ? table.substring(0, table.length() - 1) : table;
    for (String line : lines.split("\n", -1)) {
      if (beginsEntry(line)) {
        addUnix(entry, sockets);
        entry.setLength(0);
        entry.append(line);
      } else if (!entry.isEmpty()) {
        entry.append('\n').append(line);
      }
    }
    addUnix(entry, sockets);
    return sockets;
  }

  private static boolean beginsEntry(String line) {
    int colon = line.indexOf(": ");
    return colon >= 8
        && colon <= 16
        && line.chars().limit(colon).allMatch(c -> Character.digit(c, 16) >= 0);
  }

  private static void addUnix(StringBuilder entry, List<Socket> sockets) {
    String[] words = entry.toString().stripLeading().split(" +", 8);
    if (words.length < 7) {
      return;
    }
    // Spaces at the beginning of a name are lost here, in each of its entries alike.
    String name = words.length == 8 ? words[7] : "";
    try {
      boolean listening = (Integer.parseInt(words[3], 16) & ACCEPTS_CONNECTIONS) != 0;
      long inode = Long.parseLong(words[6].strip());
      sockets.add(new Socket(inode, listening, new Local.Unix(name)));
    } catch (NumberFormatException e) {
      // not an entry after all
    }
  }
}
