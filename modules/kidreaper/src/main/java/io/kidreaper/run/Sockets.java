package io.kidreaper.run;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.linux.socket.Listeners;
import io.kidreaper.linux.socket.Opened;
import io.kidreaper.run.state.SavedPool;
import java.util.ArrayList;
import java.util.List;

/** The listening sockets of one pool, opened all or none. */
final class Sockets implements AutoCloseable {
  private final List<Listener> listeners;

  Sockets(List<Listener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  /** What came of opening them. */
  sealed interface Result {
    record Open(Sockets sockets) implements Result {}

    record Refused(String reason) implements Result {}
  }

  static Result open(List<ListenAddress> addresses, ListenOptions options) {
    List<Listener> open = new ArrayList<>();
    for (ListenAddress address : addresses) {
      switch (Listeners.open(address, options)) {
        case Opened.Open(Listener listener) -> open.add(listener);
        case Opened.Refused(String reason) -> {
          try (Sockets none = new Sockets(open)) {
            none.removeFiles();
          }
          return new Result.Refused(reason);
        }
      }
    }
    return new Result.Open(new Sockets(open));
  }

  /** Where they listen: ports and names resolved to what they became. */
  List<ListenAddress> addresses() {
    return listeners.stream().map(Listener::address).toList();
  }

  /** As the next kidreaper will look for them; one whose number cannot be read is left out. */
  List<SavedPool.Listening> saved() {
    return listeners.stream()
        .filter(listener -> listener.socketInode().isPresent())
        .map(listener ->
            new SavedPool.Listening(
                listener.address(), listener.socketInode().getAsLong(), listener.file()))
        .toList();
  }

  List<Integer> descriptors() {
    return listeners.stream().map(Listener::fd).toList();
  }

  /** Whether a connection waits to be accepted. */
  boolean someoneWaits(Libc libc) {
    return listeners.stream().anyMatch(listener -> libc.pollReadable(listener.fd(), 0) == 1);
  }

  /**
   * Takes socket files away, so that nobody new connects; who has connected can still be served.
   */
  void removeFiles() {
    for (Listener listener : listeners) {
      boolean _ = listener.removeFile();
    }
  }

  @Override
  public void close() {
    listeners.forEach(Listener::close);
  }
}
