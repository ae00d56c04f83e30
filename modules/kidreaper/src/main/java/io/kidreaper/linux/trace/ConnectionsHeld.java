package io.kidreaper.linux.trace;

import io.kidreaper.linux.trace.Sockets.Local;
import io.kidreaper.linux.trace.Sockets.Socket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Tells whether one process holds a connection accepted from one of its listening sockets, cheaply
 * enough to ask at each of its wait calls.
 *
 * <p>A connection counts from accept to close, in whatever state it is: half closed and CLOSE_WAIT
 * too, since its answer may still be on the way.
 *
 * <p>What a socket is hardly ever changes while it is open, so it is looked up when it is first
 * seen and known from then on. (A socket made for a listener and seen before it listens is taken
 * for something else; workers get their listener before they are of interest here.) For one thread
 * at a time.
 *
 * <p>Not seen: a connection of a transparent proxy, whose local address is not the listener's.
 */
final class ConnectionsHeld implements Listeners, AutoCloseable {
  /** What a socket is to the process. */
  private enum Kind {
    LISTENER,
    ACCEPTED,
    OTHER
  }

  private final Descriptors descriptors;
  private final SocketLookup lookup;
  private final Map<Long, Kind> kinds = new HashMap<>();
  private final Set<Local> listeners = new HashSet<>();
  private int heldFd = -1;
  private long heldInode;

  ConnectionsHeld(Path proc, int pid, Architecture architecture, SocketLookup lookup) {
    this.descriptors = new Descriptors(proc, pid, architecture);
    this.lookup = lookup;
  }

  /** What the process holds at this moment. */
  Holding now() {
    return now(true);
  }

  /**
   * What the process holds, as far as that is known without looking up sockets not seen before.
   *
   * @return {@link Holding.Nothing} also where only such sockets could be connections
   */
  Holding known() {
    return now(false);
  }

  /** Whether a descriptor is, now, a listening socket that {@link #now()} has come across. */
  @Override
  public boolean isListener(int fd) {
    OptionalLong inode = descriptors.socketAt(fd);
    return inode.isPresent() && isListenerInode(inode.getAsLong());
  }

  /** Whether a socket is a listening one that {@link #now()} has come across. */
  @Override
  public boolean isListenerInode(long inode) {
    return kinds.get(inode) == Kind.LISTENER;
  }

  private Holding now(boolean askingNew) {
    // Within a request the answer is mostly "still the same one": one call instead of a listing.
    if (heldFd >= 0 && descriptors.isSocket(heldFd, heldInode)) {
      return new Holding.Connections(1);
    }
    heldFd = -1;
    Found found = new Found();
    if (descriptors.visit(found).isPresent()) {
      return new Holding.Unclear(Holding.Why.UNREADABLE);
    }
    if (found.ioUring) {
      return new Holding.Unclear(Holding.Why.IO_URING);
    }
    if (askingNew && !kinds.keySet().containsAll(found.sockets.keySet())) {
      try {
        classify(found.sockets);
      } catch (IOException e) {
        // What was not read must not count as "no connection".
        return new Holding.Unclear(Holding.Why.UNREADABLE);
      }
    }
    return judge(found.sockets);
  }

  private Holding judge(Map<Long, Integer> sockets) {
    boolean listens = false;
    int held = 0;
    for (Map.Entry<Long, Integer> socket : sockets.entrySet()) {
      switch (kinds.getOrDefault(socket.getKey(), Kind.OTHER)) {
        case LISTENER -> listens = true;
        case ACCEPTED -> {
          held++;
          heldFd = socket.getValue();
          heldInode = socket.getKey();
        }
        case OTHER -> {}
      }
    }
    if (held > 0) {
      return new Holding.Connections(held);
    }
    return listens ? new Holding.Nothing() : new Holding.Unclear(Holding.Why.NO_LISTENING_SOCKET);
  }

  private void classify(Map<Long, Integer> sockets) throws IOException {
    Map<Long, Integer> unknown = new HashMap<>(sockets);
    unknown.keySet().removeAll(kinds.keySet());
    List<Socket> found = lookup.lookUp(unknown);
    if (learnListeners(found) && kinds.values().removeIf(kind -> kind == Kind.OTHER)) {
      // What was seen before this listener was known may have come from it.
      unknown.putAll(sockets);
      unknown.keySet().removeAll(kinds.keySet());
      found = lookup.lookUp(unknown);
    }
    learnAccepted(found);
    unknown.keySet().forEach(inode -> kinds.putIfAbsent(inode, Kind.OTHER));
  }

  /** Whether there was one that was not known. */
  private boolean learnListeners(List<Socket> sockets) {
    boolean learned = false;
    for (Socket socket : sockets) {
      if (socket.listening()) {
        learned |= listeners.add(socket.local());
        kinds.put(socket.inode(), Kind.LISTENER);
      }
    }
    return learned;
  }

  private void learnAccepted(List<Socket> sockets) {
    for (Socket socket : sockets) {
      if (!socket.listening() && listeners.stream().anyMatch(socket.local()::cameFrom)) {
        kinds.put(socket.inode(), Kind.ACCEPTED);
      }
    }
  }

  @Override
  public void close() {
    descriptors.close();
  }

  /** The sockets of one look, each with one descriptor that leads to it. */
  private static final class Found implements Descriptors.Visitor {
    private final Map<Long, Integer> sockets = new HashMap<>();
    private boolean ioUring;

    @Override
    public void socket(int fd, long inode) {
      sockets.put(inode, fd);
    }

    @Override
    public void ioUring(int fd) {
      ioUring = true;
    }
  }
}
