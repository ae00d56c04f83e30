package io.kidreaper.linux.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

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
  private static final int TCP_WORDS = 10;

  /** Before the name. */
  private static final int UNIX_WORDS = 7;

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
      List<String> words = firstWords(line);
      int colon = words.size() == TCP_WORDS ? words.get(1).indexOf(':') : -1;
      if (colon != 8 && colon != 32) {
        continue;
      }
      try {
        String bound = words.get(1);
        int port = Integer.parseInt(bound.substring(colon + 1), 16);
        Local local = Local.Tcp.of(inOrder(bound.substring(0, colon)), port);
        sockets.add(new Socket(Long.parseLong(words.get(9)), words.get(3).equals(LISTEN), local));
      } catch (NumberFormatException e) {
        // not an entry after all
      }
    }
    return sockets;
  }

  // The tables of a busy machine have thousands of lines, and regular expressions took most of the
  // time that a look at a worker took.
  private static List<String> firstWords(String line) {
    List<String> words = new ArrayList<>(TCP_WORDS);
    StringTokenizer rest = new StringTokenizer(line);
    while (words.size() < TCP_WORDS && rest.hasMoreTokens()) {
      words.add(rest.nextToken());
    }
    return words;
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
    // The last newline ends the file, not a name.
    int end = table.endsWith("\n") ? table.length() - 1 : table.length();
    int entry = -1;
    int line = 0;
    while (line <= end) {
      int newline = table.indexOf('\n', line);
      int lineEnd = newline < 0 ? end : newline;
      if (beginsEntry(table, line, lineEnd)) {
        if (entry >= 0) {
          addUnix(table, entry, line - 1, sockets);
        }
        entry = line;
      }
      line = lineEnd + 1;
    }
    if (entry >= 0) {
      addUnix(table, entry, end, sockets);
    }
    return sockets;
  }

  /** Whether it begins with 8 to 16 hexadecimal digits, a colon and a blank. */
  private static boolean beginsEntry(String table, int from, int to) {
    int at = from;
    while (at < to && at - from <= 16 && Character.digit(table.charAt(at), 16) >= 0) {
      at++;
    }
    return at - from >= 8 && at - from <= 16 && table.startsWith(": ", at) && at + 2 <= to;
  }

  private static void addUnix(String table, int from, int to, List<Socket> sockets) {
    int at = from;
    int flags = 0;
    long inode = 0;
    try {
      for (int word = 0; word < UNIX_WORDS; word++) {
        int start = at;
        while (at < to && table.charAt(at) != ' ') {
          at++;
        }
        if (at == start) {
          return;
        }
        if (word == 3) {
          flags = Integer.parseInt(table, start, at, 16);
        } else if (word == 6) {
          inode = Long.parseLong(table.substring(start, at).strip());
        }
        while (at < to && table.charAt(at) == ' ') {
          at++;
        }
      }
    } catch (NumberFormatException e) {
      return; // not an entry after all
    }
    // Spaces at the beginning of a name are lost here, in each of its entries alike.
    Local local = new Local.Unix(table.substring(at, to));
    sockets.add(new Socket(inode, (flags & ACCEPTS_CONNECTIONS) != 0, local));
  }
}
