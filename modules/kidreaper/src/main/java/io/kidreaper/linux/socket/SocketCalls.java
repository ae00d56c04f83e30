package io.kidreaper.linux.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kidreaper.linux.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The socket calls, one method each: the call's result, or the negated errno. Addresses go in and
 * out as the bytes of a {@code struct sockaddr} ({@link SocketAddressBytes}). Stateless.
 */
final class SocketCalls {
  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOL_SOCKET = 1;
  static final int SO_REUSEADDR = 2;
  static final int SO_TYPE = 3;
  static final int SO_ACCEPTCONN = 30;
  static final int SO_DOMAIN = 39;
  static final int IPPROTO_IPV6 = 41;
  static final int IPV6_V6ONLY = 26;
  static final int LOCK_EX = 2;
  static final int LOCK_NB = 4;
  static final int O_PATH = 010000000;
  static final int O_NOFOLLOW = nofollow();

  static final int SOCK_NONBLOCK = 04000;

  private static final int SOCK_CLOEXEC = 02000000;
  private static final int O_CLOEXEC = 02000000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int SOCKADDR_STORAGE_BYTES = 128;
  private static final long SYS_PIDFD_GETFD = 438;

  // int socket(int domain, int type, int protocol);
  private static final MethodHandle SOCKET =
      Native.required("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
  private static final MethodHandle BIND = address("bind");
  // int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
  private static final MethodHandle CONNECT = address("connect");
  // int listen(int sockfd, int backlog);
  private static final MethodHandle LISTEN =
      Native.required("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
  private static final MethodHandle SETSOCKOPT =
      Native.required(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);
  private static final MethodHandle GETSOCKOPT =
      Native.required(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
  private static final MethodHandle GETSOCKNAME =
      Native.required("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  // ssize_t sendto(int sockfd, const void *buf, size_t len, int flags,
  //                const struct sockaddr *dest_addr, socklen_t addrlen);
  private static final MethodHandle SENDTO =
      Native.required(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  // int fcntl(int fd, int cmd, ...);
  private static final MethodHandle FCNTL =
      Native.required(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  // int fchmod(int fd, mode_t mode);
  private static final MethodHandle FCHMOD =
      Native.required("fchmod", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  // int flock(int fd, int operation);
  private static final MethodHandle FLOCK =
      Native.required("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  // int open(const char *pathname, int flags, ...);
  private static final MethodHandle OPEN =
      Native.required(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  // int close(int fd);
  private static final MethodHandle CLOSE =
      Native.required("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  // long syscall(SYS_pidfd_getfd, int pidfd, int targetfd, unsigned int flags);
  private static final MethodHandle SYSCALL_3 = Native.syscall(3);

  private SocketCalls() {}

  /** A close-on-exec socket. {@code socket(2)}. */
  static int socket(int family, int type) {
    MemorySegment state = Native.state();
    try {
      return result((int) SOCKET.invokeExact(state, family, type | SOCK_CLOEXEC, 0), state);
    } catch (Throwable e) {
      throw Native.unexpected("socket", e);
    }
  }

  /** {@code bind(2)}. */
  static int bind(int fd, byte[] address) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(JAVA_BYTE, address);
      return result((int) BIND.invokeExact(state, fd, name, address.length), state);
    } catch (Throwable e) {
      throw Native.unexpected("bind", e);
    }
  }

  /** {@code connect(2)}; waits on a blocking socket whose peer's backlog is full. */
  static int connect(int fd, byte[] address) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(JAVA_BYTE, address);
      return result((int) CONNECT.invokeExact(state, fd, name, address.length), state);
    } catch (Throwable e) {
      throw Native.unexpected("connect", e);
    }
  }

  /** {@code listen(2)}; the kernel cuts the backlog to net.core.somaxconn. */
  static int listen(int fd, int backlog) {
    MemorySegment state = Native.state();
    try {
      return result((int) LISTEN.invokeExact(state, fd, backlog), state);
    } catch (Throwable e) {
      throw Native.unexpected("listen", e);
    }
  }

  /** Sets an option of type int. {@code setsockopt(2)}. */
  static int setOption(int fd, int level, int option, int value) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment held = arena.allocateFrom(JAVA_INT, value);
      return result((int) SETSOCKOPT.invokeExact(state, fd, level, option, held, 4), state);
    } catch (Throwable e) {
      throw Native.unexpected("setsockopt", e);
    }
  }

  /** Reads an option of type int that is never negative. {@code getsockopt(2)}. */
  static int option(int fd, int level, int option) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment held = arena.allocate(JAVA_INT);
      MemorySegment length = arena.allocateFrom(JAVA_INT, 4);
      int failed =
          result((int) GETSOCKOPT.invokeExact(state, fd, level, option, held, length), state);
      return failed < 0 ? failed : held.get(JAVA_INT, 0);
    } catch (Throwable e) {
      throw Native.unexpected("getsockopt", e);
    }
  }

  /** The address that a socket is bound to, or an empty array where the call failed. */
  static byte[] name(int fd) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment held = arena.allocate(SOCKADDR_STORAGE_BYTES);
      MemorySegment length = arena.allocateFrom(JAVA_INT, SOCKADDR_STORAGE_BYTES);
      int failed = result((int) GETSOCKNAME.invokeExact(state, fd, held, length), state);
      int bytes = Math.min(length.get(JAVA_INT, 0), SOCKADDR_STORAGE_BYTES);
      return failed < 0 ? new byte[0] : held.asSlice(0, bytes).toArray(JAVA_BYTE);
    } catch (Throwable e) {
      throw Native.unexpected("getsockname", e);
    }
  }

  /** Sends a datagram; a peer that is gone is {@code -EPIPE}, not a SIGPIPE. {@code send(2)}. */
  static int sendTo(int fd, byte[] message, byte[] address) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(JAVA_BYTE, message);
      MemorySegment name = arena.allocateFrom(JAVA_BYTE, address);
      long sent =
          (long)
              SENDTO.invokeExact(
                  state, fd, text, (long) message.length, MSG_NOSIGNAL, name, address.length);
      return (int) Native.orErrno(sent, state);
    } catch (Throwable e) {
      throw Native.unexpected("sendto", e);
    }
  }

  /** A close-on-exec copy of a descriptor at {@code lowest} or above. {@code fcntl(2)}. */
  static int duplicate(int fd, int lowest) {
    MemorySegment state = Native.state();
    try {
      return result((int) FCNTL.invokeExact(state, fd, F_DUPFD_CLOEXEC, lowest), state);
    } catch (Throwable e) {
      throw Native.unexpected("fcntl", e);
    }
  }

  /** {@code fchmod(2)}: on an unbound unix socket, the mode its file will be made with. */
  static int changeMode(int fd, int mode) {
    MemorySegment state = Native.state();
    try {
      return result((int) FCHMOD.invokeExact(state, fd, mode), state);
    } catch (Throwable e) {
      throw Native.unexpected("fchmod", e);
    }
  }

  /** {@code flock(2)}. */
  static int lock(int fd, int operation) {
    MemorySegment state = Native.state();
    try {
      return result((int) FLOCK.invokeExact(state, fd, operation), state);
    } catch (Throwable e) {
      throw Native.unexpected("flock", e);
    }
  }

  /** {@code open(path, flags | O_CLOEXEC)} of what exists. {@code open(2)}. */
  static int open(String path, int flags) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      return result((int) OPEN.invokeExact(state, name, flags | O_CLOEXEC), state);
    } catch (Throwable e) {
      throw Native.unexpected("open", e);
    }
  }

  /** {@code close(2)}. */
  static int close(int fd) {
    MemorySegment state = Native.state();
    try {
      return result((int) CLOSE.invokeExact(state, fd), state);
    } catch (Throwable e) {
      throw Native.unexpected("close", e);
    }
  }

  /** A copy of another process's descriptor. {@code pidfd_getfd(2)}, Linux 5.6. */
  static int takeFrom(int pidfd, int theirs) {
    MemorySegment state = Native.state();
    try {
      long fd =
          (long) SYSCALL_3.invokeExact(state, SYS_PIDFD_GETFD, (long) pidfd, (long) theirs, 0L);
      return (int) Native.orErrno(fd, state);
    } catch (Throwable e) {
      throw Native.unexpected("pidfd_getfd", e);
    }
  }

  private static MethodHandle address(String symbol) {
    return Native.required(symbol, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  }

  private static int result(int result, MemorySegment state) {
    return (int) Native.orErrno(result, state);
  }

  /** One of the few flags whose number differs between x86-64 and aarch64. */
  private static int nofollow() {
    return System.getProperty("os.arch", "").equals("aarch64") ? 0100000 : 0400000;
  }
}
