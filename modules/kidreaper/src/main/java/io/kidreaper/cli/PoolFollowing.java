package io.kidreaper.cli;

import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.linux.socket.Listeners;
import io.kidreaper.linux.socket.Opened;
import java.util.Optional;

/**
 * The right to follow one worker of a pool, of which there is one a pool. It is the name of a
 * socket without a file ({@code unix(7)}, abstract), which the kernel gives to one only, and takes
 * back from who dies.
 */
final class PoolFollowing implements AutoCloseable {
  private final Listener name;

  private PoolFollowing(Listener name) {
    this.name = name;
  }

  /**
   * @param manager whose children the pool is
   * @return empty if somebody else follows a worker of the pool
   */
  static Optional<PoolFollowing> begin(int manager) {
    return switch (Listeners.open(
        new ListenAddress.UnixAbstract("kidreaper-explain-" + manager), ListenOptions.DEFAULT)) {
      case Opened.Open(Listener listener) -> Optional.of(new PoolFollowing(listener));
      case Opened.Refused _ -> Optional.empty();
    };
  }

  @Override
  public void close() {
    name.close();
  }
}
