package io.kidreaper.linux.socket;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.socket.ListenAddress.Inherited;
import io.kidreaper.linux.socket.ListenAddress.Tcp;
import io.kidreaper.linux.socket.ListenAddress.UnixAbstract;
import io.kidreaper.linux.socket.ListenAddress.UnixPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Opens listening sockets of every {@link ListenAddress} form. */
public final class Listeners {
  private static final int LOWEST_FD = 3;

  private Listeners() {}

  /**
   * Opens, binds and listens. A refused address leaves nothing open and no file behind.
   *
   * <p>SO_REUSEADDR is set, so connections of a former server that linger in TIME_WAIT are not in
   * the way; SO_REUSEPORT never is, since a second pool on the same port would silently share it.
   * An IPv6 address takes IPv6 only (IPV6_V6ONLY, as nginx does): {@code 0.0.0.0} and {@code [::]}
   * are two addresses, and which of them is open is what is written.
   */
  public static Opened open(ListenAddress address, ListenOptions options) {
    return switch (address) {
      case Tcp tcp -> tcp(tcp, options);
      case UnixPath path -> UnixListeners.open(path, options);
      case UnixAbstract name ->
          bindAndListen(
              address,
              SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_STREAM),
              SocketAddressBytes.unixAbstract(name.name()),
              options);
      case Inherited(int fd) -> inherited(address, fd);
    };
  }

  /**
   * Takes a copy of a listening socket out of a worker, for instance to go on with a pool whose
   * kidreaper was killed. Needs the right to trace the worker: {@code pidfd_getfd(2)}, Linux 5.6.
   *
   * @param pidfd of the worker, so that no successor of its pid is taken for it
   * @param theirs the worker's descriptor, 0 for a FastCGI worker
   */
  public static Opened takeBack(int pidfd, int theirs) {
    return takeBack(pidfd, theirs, Optional.empty());
  }

  /**
   * The same for a socket whose file an earlier kidreaper has made.
   *
   * @param file to be removed when the pool stops, if it is still that one
   */
  public static Opened takeBack(int pidfd, int theirs, Optional<FileId> file) {
    String what = "descriptor " + theirs + " of the worker";
    int fd = SocketCalls.takeFrom(pidfd, theirs);
    return fd < 0
        ? refused(what, "cannot be taken: " + Errno.describe(-fd))
        : checked(what, fd, file);
  }

  /**
   * Which descriptor of a process is a certain socket. Needs the right to trace it.
   *
   * @param socketInode of {@link Listener#socketInode}
   * @return empty where it holds no such socket, or does not let us look
   */
  public static OptionalInt descriptorOf(int pid, long socketInode) {
    try (Stream<Path> links = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return links
          .filter(link -> SocketInode.of(link).equals(OptionalLong.of(socketInode)))
          .mapToInt(link -> Integer.parseInt(link.getFileName().toString()))
          .min();
    } catch (IOException | UncheckedIOException e) {
      return OptionalInt.empty();
    }
  }

  private static Opened tcp(Tcp address, ListenOptions options) {
    InetAddress host;
    try {
      // A pool has one socket; of a name with several addresses it is the resolver's first.
      host = InetAddress.getByName(address.host());
    } catch (UnknownHostException e) {
      return refused(
          address,
          "the host name does not resolve; an address such as 127.0.0.1 needs no resolver");
    }
    int family = host instanceof Inet6Address ? SocketCalls.AF_INET6 : SocketCalls.AF_INET;
    int fd = SocketCalls.socket(family, SocketCalls.SOCK_STREAM);
    if (fd >= 0) {
      int failed = SocketCalls.setOption(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_REUSEADDR, 1);
      if (failed == 0 && family == SocketCalls.AF_INET6) {
        failed = SocketCalls.setOption(fd, SocketCalls.IPPROTO_IPV6, SocketCalls.IPV6_V6ONLY, 1);
      }
      if (failed < 0) {
        SocketCalls.close(fd);
        return refused(address, "setsockopt failed: " + Errno.describe(-failed));
      }
    }
    return bindAndListen(address, fd, SocketAddressBytes.tcp(host, address.port()), options);
  }

  private static Opened bindAndListen(
      ListenAddress address, int socket, byte[] name, ListenOptions options) {
    if (socket < 0) {
      return refused(address, "no socket: " + Errno.describe(-socket));
    }
    int bound = SocketCalls.bind(socket, name);
    int listening = bound < 0 ? bound : SocketCalls.listen(socket, options.backlog());
    if (listening < 0) {
      SocketCalls.close(socket);
      return refused(address, why(-listening));
    }
    return settle(address, socket, Optional.empty());
  }

  /** Sentences for what people meet; the rest by the name of its error. */
  static String why(int errno) {
    return switch (errno) {
      case Errno.EADDRINUSE -> "another process is listening there; stop it or choose another";
      case Errno.EADDRNOTAVAIL -> "not an address of this machine; 127.0.0.1 and [::1] are";
      case Errno.EACCES ->
          "permission denied; ports below 1024 need root, a socket file a folder to write in";
      case Errno.EINVAL -> "not an address to listen on";
      default -> Errno.describe(errno);
    };
  }

  private static Opened inherited(ListenAddress address, int fd) {
    int copy = SocketCalls.duplicate(fd, LOWEST_FD);
    return copy == -Errno.EBADF
        ? refused(address, "is not open; it is left open by a supervisor such as spawn-fcgi")
        : copy < 0
            ? refused(address, Errno.describe(-copy))
            : checked(address, copy, Optional.empty());
  }

  /** Keeps a descriptor only if it is a listening stream socket that workers can accept on. */
  private static Opened checked(Object what, int fd, Optional<FileId> file) {
    int type = SocketCalls.option(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_TYPE);
    int listening = SocketCalls.option(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_ACCEPTCONN);
    Optional<ListenAddress> address =
        type < 0 ? Optional.empty() : SocketAddressBytes.read(SocketCalls.name(fd));
    if (type == SocketCalls.SOCK_STREAM && listening == 1 && address.isPresent()) {
      return settle(address.get(), fd, file);
    }
    SocketCalls.close(fd);
    return refused(
        what,
        type < 0
            ? "is not a socket"
            : type != SocketCalls.SOCK_STREAM
                ? "is not a stream socket"
                : listening != 1
                    ? "is a socket that nobody called listen() on"
                    : "is a socket of no family that kidreaper knows");
  }

  /**
   * The last step of every opening: the real address, and a descriptor out of the way of 0 to 2,
   * which are free when kidreaper was started with its own ones closed.
   */
  static Opened settle(ListenAddress asked, int socket, Optional<FileId> file) {
    int fd = socket;
    if (socket < LOWEST_FD) {
      fd = SocketCalls.duplicate(socket, LOWEST_FD);
      SocketCalls.close(socket);
      if (fd < 0) {
        return refused(asked, Errno.describe(-fd));
      }
    }
    ListenAddress real =
        file.isPresent() ? asked : SocketAddressBytes.read(SocketCalls.name(fd)).orElse(asked);
    return new Opened.Open(new Listener(fd, real, file));
  }

  static Opened refused(Object address, String why) {
    return new Opened.Refused("cannot listen on " + address + ": " + why);
  }
}
