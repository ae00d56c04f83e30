package io.kidreaper.linux.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which listening sockets processes hold, seen without touching them. The kernel's tables are read
 * once for each network namespace, and each process once: make one for one look at a pool.
 */
public final class ListeningSockets {
  private final Proc proc;
  private final Architecture architecture = Architecture.ofThisMachine();
  private final Map<String, Optional<Set<Long>>> listening = new HashMap<>();
  private final Map<Integer, Optional<Set<Long>>> seen = new HashMap<>();

  /** Of this machine. */
  public ListeningSockets() {
    this(Proc.REAL);
  }

  ListeningSockets(Proc proc) {
    this.proc = proc;
  }

  /**
   * The listening sockets of TCP and of the unix family that a process holds, by inode; empty where
   * its open files or the tables cannot be read. As it was when it was first asked of this process.
   */
  public Optional<Set<Long>> heldBy(int pid) {
    return seen.computeIfAbsent(pid, this::look);
  }

  private Optional<Set<Long>> look(int pid) {
    Set<Long> sockets = new HashSet<>();
    try (Descriptors descriptors = new Descriptors(proc.root(), pid, architecture)) {
      if (descriptors.visit(new Inodes(sockets)).isPresent()) {
        return Optional.empty();
      }
    }
    Path process = proc.root().resolve(Integer.toString(pid));
    Optional<Set<Long>> theirs = in(process);
    // One that a service manager handed down stays in the namespace it was made in: ours, say.
    Optional<Set<Long>> ours = in(proc.root().resolve("self"));
    if (theirs.isEmpty() || ours.isEmpty()) {
      return Optional.empty();
    }
    Set<Long> all = new HashSet<>(theirs.get());
    all.addAll(ours.get());
    sockets.retainAll(all);
    return Optional.of(sockets);
  }

  private Optional<Set<Long>> in(Path process) {
    return listening.computeIfAbsent(namespace(process), _ -> read(process.resolve("net")));
  }

  private static String namespace(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("ns").resolve("net")).toString();
    } catch (IOException e) {
      return process.toString(); // unknown, so its own
    }
  }

  private static Optional<Set<Long>> read(Path net) {
    try {
      return Optional.of(SocketTables.listening(net));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private record Inodes(Set<Long> sockets) implements Descriptors.Visitor {
    @Override
    public void socket(int fd, long inode) {
      sockets.add(inode);
    }

    @Override
    public void ioUring(int fd) {}
  }
}
