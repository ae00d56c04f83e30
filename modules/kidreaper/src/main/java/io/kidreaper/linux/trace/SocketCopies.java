package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.Native;
import io.kidreaper.linux.trace.Sockets.Local;
import io.kidreaper.linux.trace.Sockets.Socket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks a process's sockets themselves, each by a copy of its descriptor ({@code pidfd_getfd(2)},
 * Linux 5.6): microseconds a socket, whatever the size of the kernel's tables, and right in any
 * network namespace.
 *
 * <p>Only for a process that stands still. While a copy is open, the process's own close does not
 * close the connection, nor take it out of an epoll set; a running worker could notice that.
 */
final class SocketCopies implements SocketLookup {
  private static final long SYS_PIDFD_GETFD = 438;
  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SO_ACCEPTCONN = 30;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final short AF_UNIX = 1;
  private static final short AF_INET = 2;
  private static final short AF_INET6 = 10;
  private static final int ADDRESS_BYTES = 128;

  // long syscall(SYS_pidfd_getfd, int pidfd, int targetfd, unsigned int flags);
  private static final MethodHandle SYSCALL_3 = Native.syscall(3);
  // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);
  private static final MethodHandle GETSOCKOPT =
      Native.required(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
  private static final MethodHandle GETSOCKNAME =
      Native.required("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  // int close(int fd);
  private static final MethodHandle CLOSE =
      Native.required("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final int pidfd;
  private final SocketLookup otherwise;

  /**
   * @param otherwise asked instead where descriptors may not be copied
   */
  SocketCopies(int pidfd, SocketLookup otherwise) {
    this.pidfd = pidfd;
    this.otherwise = otherwise;
  }

  @Override
  public List<Socket> lookUp(Map<Long, Integer> descriptors) throws IOException {
    List<Socket> found = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      for (Map.Entry<Long, Integer> entry : descriptors.entrySet()) {
        int copy = copy(entry.getValue());
        if (copy == -Errno.EBADF) {
          continue; // closed since it was seen
        }
        if (copy < 0) {
          return otherwise.lookUp(descriptors);
        }
        try {
          describe(arena, entry.getKey(), copy).ifPresent(found::add);
        } finally {
          close(copy);
        }
      }
    }
    return found;
  }

  private int copy(int descriptor) {
    MemorySegment state = Native.state();
    try {
      long result =
          (long) SYSCALL_3.invokeExact(state, SYS_PIDFD_GETFD, (long) pidfd, (long) descriptor, 0L);
      return (int) Native.orErrno(result, state);
    } catch (Throwable e) {
      throw Native.unexpected("pidfd_getfd", e);
    }
  }

  private static Optional<Socket> describe(Arena arena, long inode, int copy) {
    int type = option(arena, copy, SO_TYPE);
    // A datagram socket may well have the listener's port; it holds no connection.
    if (type != SOCK_STREAM && type != SOCK_SEQPACKET) {
      return Optional.empty();
    }
    boolean listening = option(arena, copy, SO_ACCEPTCONN) == 1;
    return local(arena, copy).map(local -> new Socket(inode, listening, local));
  }

  private static int option(Arena arena, int copy, int name) {
    MemorySegment value = arena.allocate(JAVA_INT);
    MemorySegment length = arena.allocateFrom(JAVA_INT, 4);
    MemorySegment state = Native.state();
    try {
      int result = (int) GETSOCKOPT.invokeExact(state, copy, SOL_SOCKET, name, value, length);
      return result < 0 ? -1 : value.get(JAVA_INT, 0);
    } catch (Throwable e) {
      throw Native.unexpected("getsockopt", e);
    }
  }

  // struct sockaddr_un  { u16 family; char path[108]; };
  // struct sockaddr_in  { u16 family; be16 port; u8 address[4]; … };
  // struct sockaddr_in6 { u16 family; be16 port; u32 flowinfo; u8 address[16]; … };
  private static Optional<Local> local(Arena arena, int copy) {
    MemorySegment address = arena.allocate(ADDRESS_BYTES, 8);
    MemorySegment length = arena.allocateFrom(JAVA_INT, ADDRESS_BYTES);
    MemorySegment state = Native.state();
    try {
      if ((int) GETSOCKNAME.invokeExact(state, copy, address, length) < 0) {
        return Optional.empty();
      }
    } catch (Throwable e) {
      throw Native.unexpected("getsockname", e);
    }
    int bytes = Math.min(length.get(JAVA_INT, 0), ADDRESS_BYTES);
    return switch (address.get(JAVA_SHORT, 0)) {
      case AF_UNIX -> Optional.of(new Local.Unix(name(address, bytes)));
      case AF_INET -> Optional.of(tcp(address, 4, 4));
      case AF_INET6 -> Optional.of(tcp(address, 8, 16));
      default -> Optional.empty();
    };
  }

  /**
   * As the kernel's table prints it: a path to its zero byte, an abstract name with @ for zeros.
   */
  private static String name(MemorySegment address, int bytes) {
    if (bytes <= 2) {
      return "";
    }
    byte[] raw = address.asSlice(2, bytes - 2).toArray(JAVA_BYTE);
    String text = new String(raw, StandardCharsets.ISO_8859_1);
    if (raw[0] == 0) {
      return text.replace('\0', '@');
    }
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private static Local tcp(MemorySegment address, int at, int bytes) {
    int port =
        Byte.toUnsignedInt(address.get(JAVA_BYTE, 2)) << 8
            | Byte.toUnsignedInt(address.get(JAVA_BYTE, 3));
    byte[] raw = address.asSlice(at, bytes).toArray(JAVA_BYTE);
    return Local.Tcp.of(HexFormat.of().withUpperCase().formatHex(raw), port);
  }

  private static void close(int copy) {
    try {
      int _ = (int) CLOSE.invokeExact(Native.state(), copy);
    } catch (Throwable e) {
      throw Native.unexpected("close", e);
    }
  }
}
