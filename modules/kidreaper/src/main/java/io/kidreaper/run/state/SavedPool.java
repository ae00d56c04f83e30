package io.kidreaper.run.state;

import io.kidreaper.linux.socket.FileId;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.pool.ProcessId;
import java.util.List;
import java.util.Optional;

/**
 * What the next kidreaper needs to know to go on with a pool.
 *
 * @param bootId of the kernel that ran then ({@code /proc/sys/kernel/random/boot_id}): process ids
 *     and start times mean nothing under another
 * @param manager the kidreaper that wrote it
 * @param command that the newest generation runs
 * @param workersUserId whose rights workers have: 0 or above
 * @param listeners in the order in which workers have them: as descriptor 0, 3, 4, …
 * @param workers those that run, those on their way out included
 * @param templates processes that workers are forked from; two while a restart is under way
 */
public record SavedPool(
    PoolName name,
    String bootId,
    ProcessId manager,
    List<String> command,
    int workersUserId,
    List<Listening> listeners,
    List<Worker> workers,
    List<ProcessId> templates) {
  public SavedPool {
    command = List.copyOf(command);
    listeners = List.copyOf(listeners);
    workers = List.copyOf(workers);
    templates = List.copyOf(templates);
  }

  /**
   * One listening socket.
   *
   * @param address where it really listens: port 0 and names resolved
   * @param socketInode the socket's own number, by which it is found among a worker's descriptors
   * @param file the socket file that kidreaper made for it, if it made one
   */
  public record Listening(ListenAddress address, long socketInode, Optional<FileId> file) {
    /** Of an open listener. */
    public static Listening of(Listener listener) {
      return new Listening(
          listener.address(),
          listener
              .socketInode()
              .orElseThrow(() -> new IllegalStateException("no /proc/self/fd of an open socket")),
          listener.file());
    }
  }

  /** One worker, as in {@link io.kidreaper.manager.Worker}. */
  public record Worker(ProcessId id, long serial, int generation) {}
}
