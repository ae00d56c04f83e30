package io.kidreaper.linux.socket;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.socket.ListenAddress.UnixPath;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Opens unix sockets that a file stands for.
 *
 * <p>Order is everything here. A bound socket that does not listen yet refuses every connection, so
 * mode and owner are set between the two and nobody can slip in before them. That same socket looks
 * stale to a second kidreaper, so looking, removing and listening happen under a lock on the
 * folder.
 */
final class UnixListeners {
  private static final long LOCK_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int S_IFMT = 0170000;
  private static final int S_IFSOCK = 0140000;

  private UnixListeners() {}

  static Opened open(UnixPath address, ListenOptions options) {
    Path path = Path.of(address.path());
    Path folder = Optional.ofNullable(path.toAbsolutePath().getParent()).orElse(Path.of("/"));
    int lock = SocketCalls.open(folder.toString(), 0);
    if (lock == -Errno.ENOENT || lock == -Errno.ENOTDIR) {
      return Listeners.refused(address, "there is no folder " + folder + "; make it first");
    }
    // A folder that we may write in but not read cannot be locked; then the lock is forgone.
    try {
      lockPatiently(lock);
      Optional<String> inTheWay = clear(address, path);
      return inTheWay.isPresent()
          ? Listeners.refused(address, inTheWay.get())
          : bind(address, path, options);
    } finally {
      if (lock >= 0) {
        SocketCalls.close(lock);
      }
    }
  }

  /** Any user may lock a folder that is open to all, so waiting for it has an end. */
  private static void lockPatiently(int folder) {
    long start = System.nanoTime();
    while (folder >= 0
        && SocketCalls.lock(folder, SocketCalls.LOCK_EX | SocketCalls.LOCK_NB) == -Errno.EAGAIN
        && System.nanoTime() - start < LOCK_PATIENCE_NANOS) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** Removes a stale socket file; what stands in the way for good is returned. */
  private static Optional<String> clear(UnixPath address, Path path) {
    int mode;
    try {
      mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("cannot look at the file: " + e.getMessage());
    }
    if ((mode & S_IFMT) != S_IFSOCK) {
      return Optional.of("there is a file that is no socket, and kidreaper does not replace it");
    }
    // Not blocking: a server whose backlog is full answers EAGAIN, and it is alive.
    int probe =
        SocketCalls.socket(
            SocketCalls.AF_UNIX, SocketCalls.SOCK_STREAM | SocketCalls.SOCK_NONBLOCK);
    if (probe < 0) {
      return Optional.of("no socket: " + Errno.describe(-probe));
    }
    int answer = SocketCalls.connect(probe, SocketAddressBytes.unixPath(address.path()));
    SocketCalls.close(probe);
    if (answer == -Errno.EACCES) {
      return Optional.of("cannot tell whether its socket file is in use: permission denied");
    }
    if (answer != -Errno.ECONNREFUSED && answer != -Errno.ENOENT) {
      return Optional.of(Listeners.why(Errno.EADDRINUSE));
    }
    try {
      Files.deleteIfExists(path);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("its stale socket file cannot be removed: " + e.getMessage());
    }
  }

  private static Opened bind(UnixPath address, Path path, ListenOptions options) {
    int socket = SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_STREAM);
    if (socket < 0) {
      return Listeners.refused(address, "no socket: " + Errno.describe(-socket));
    }
    // The file is born with no permission at all, whatever the umask.
    SocketCalls.changeMode(socket, 0);
    int bound = SocketCalls.bind(socket, SocketAddressBytes.unixPath(address.path()));
    if (bound < 0) {
      SocketCalls.close(socket);
      return Listeners.refused(address, Listeners.why(-bound));
    }
    Listener made = new Listener(socket, address, FileId.of(path));
    Optional<String> fault = own(path, options);
    if (fault.isEmpty()) {
      int listening = SocketCalls.listen(socket, options.backlog());
      fault = listening < 0 ? Optional.of(Listeners.why(-listening)) : fault;
    }
    if (fault.isPresent()) {
      made.removeFile();
      made.close();
      return Listeners.refused(address, fault.get());
    }
    return Listeners.settle(address, socket, FileId.of(path));
  }

  /**
   * Owner first and mode last, through a descriptor of the very file: in a folder that others can
   * write in, the path could name something else by now.
   */
  private static Optional<String> own(Path path, ListenOptions options) {
    int file = SocketCalls.open(path.toString(), SocketCalls.O_PATH | SocketCalls.O_NOFOLLOW);
    if (file < 0) {
      return Optional.of("its file cannot be opened: " + Errno.describe(-file));
    }
    String lookedUp = "";
    try {
      PosixFileAttributeView view =
          Files.getFileAttributeView(
              Path.of("/proc/self/fd/" + file), PosixFileAttributeView.class);
      UserPrincipalLookupService names = FileSystems.getDefault().getUserPrincipalLookupService();
      if (options.fileGroup().isPresent()) {
        lookedUp = "group " + options.fileGroup().get();
        view.setGroup(names.lookupPrincipalByGroupName(options.fileGroup().get()));
      }
      if (options.fileOwner().isPresent()) {
        lookedUp = "user " + options.fileOwner().get();
        view.setOwner(names.lookupPrincipalByName(options.fileOwner().get()));
      }
      view.setPermissions(permissions(options.fileMode()));
      return Optional.empty();
    } catch (UserPrincipalNotFoundException e) {
      return Optional.of("there is no " + lookedUp);
    } catch (IOException e) {
      return Optional.of("mode or owner cannot be set: " + e.getMessage());
    } finally {
      SocketCalls.close(file);
    }
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < 9; bit++) {
      text.append((mode & (0400 >> bit)) == 0 ? '-' : "rwx".charAt(bit % 3));
    }
    return PosixFilePermissions.fromString(text.toString());
  }
}
