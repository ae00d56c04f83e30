package io.kidreaper.linux.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One open listening socket. Its descriptor is close-on-exec and never 0, 1 or 2, so it is not in
 * the way when a worker's descriptors are laid out. Safe from any thread.
 */
public final class Listener implements AutoCloseable {
  private final int fd;
  private final ListenAddress address;
  private final Optional<FileId> file;
  private final AtomicBoolean closed = new AtomicBoolean();

  Listener(int fd, ListenAddress address, Optional<FileId> file) {
    this.fd = fd;
    this.address = address;
    this.file = file;
  }

  /** The descriptor; meaningless once closed. */
  public int fd() {
    return fd;
  }

  /** Where it listens: port 0 and names resolved to what they became. */
  public ListenAddress address() {
    return address;
  }

  /**
   * The number that the kernel knows the socket by, the same in every process that holds it ({@code
   * /proc/PID/fd}, {@code proc_pid_fd(5)}); empty where /proc does not say.
   */
  public OptionalLong socketInode() {
    return SocketInode.of(Path.of("/proc/self/fd/" + fd));
  }

  /** The socket file that {@link #removeFile} would remove, if this listener has made one. */
  public Optional<FileId> file() {
    return file;
  }

  /**
   * Removes the socket file that this listener made, if it is still that one: after that nobody new
   * can connect. An inherited socket's file stays, since its maker may still want it.
   *
   * @return whether a file was removed
   */
  public boolean removeFile() {
    if (file.isEmpty() || !(address instanceof ListenAddress.UnixPath(String name))) {
      return false;
    }
    Path path = Path.of(name);
    if (!FileId.of(path).equals(file)) {
      return false;
    }
    try {
      return Files.deleteIfExists(path);
    } catch (IOException e) {
      return false;
    }
  }

  /** Closes kidreaper's copy; workers that hold the socket go on listening. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      SocketCalls.close(fd);
    }
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
