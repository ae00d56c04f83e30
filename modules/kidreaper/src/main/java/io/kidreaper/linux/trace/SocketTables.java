package io.kidreaper.linux.trace;

import io.kidreaper.linux.trace.Sockets.Socket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds sockets in the kernel's tables, without touching the process. They are those of the
 * process's own network namespace, and then ours: a socket handed down by a service manager stays
 * in the namespace it was made in. Reading {@code tcp} takes milliseconds even where it is nearly
 * empty, so a table is read only while something is still to be found.
 */
final class SocketTables implements SocketLookup {
  private final Path proc;
  private final int pid;

  SocketTables(Path proc, int pid) {
    this.proc = proc;
    this.pid = pid;
  }

  private enum Table {
    UNIX("unix"),
    TCP("tcp"),
    TCP6("tcp6");

    private final String file;

    Table(String file) {
      this.file = file;
    }

    private List<Socket> read(Path net) throws IOException {
      try {
        // One char a byte: names of unix sockets need not be text.
        String text =
            new String(Files.readAllBytes(net.resolve(file)), StandardCharsets.ISO_8859_1);
        return this == UNIX ? Sockets.parseUnix(text) : Sockets.parseTcp(text);
      } catch (NoSuchFileException e) {
        return List.of(); // a kernel without this family
      }
    }
  }

  @Override
  public List<Socket> lookUp(Map<Long, Integer> descriptors) throws IOException {
    Set<Long> missing = new HashSet<>(descriptors.keySet());
    List<Socket> found = new ArrayList<>();
    lookUp(proc.resolve(Integer.toString(pid)).resolve("net"), missing, found);
    if (found.stream().noneMatch(Socket::listening)) {
      lookUp(proc.resolve("self").resolve("net"), missing, found);
    }
    return found;
  }

  /** The inodes of all sockets that listen in the namespace of a folder such as /proc/PID/net. */
  static Set<Long> listening(Path net) throws IOException {
    Set<Long> listening = new HashSet<>();
    for (Table table : Table.values()) {
      for (Socket socket : table.read(net)) {
        if (socket.listening()) {
          listening.add(socket.inode());
        }
      }
    }
    return listening;
  }

  private static void lookUp(Path net, Set<Long> missing, List<Socket> found) throws IOException {
    for (Table table : Table.values()) {
      if (missing.isEmpty()) {
        return;
      }
      Set<Long> wanted = Set.copyOf(missing);
      // Not the first entry alone: a name with a newline in it can look like an entry.
      for (Socket socket : table.read(net)) {
        if (wanted.contains(socket.inode())) {
          found.add(socket);
          missing.remove(socket.inode());
        }
      }
    }
  }
}
