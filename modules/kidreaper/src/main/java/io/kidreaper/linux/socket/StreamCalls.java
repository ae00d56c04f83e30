package io.kidreaper.linux.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kidreaper.linux.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The calls on a connected stream socket, one method each: the call's result, or the negated errno.
 */
final class StreamCalls {
  private static final int SO_SNDTIMEO = 21;
  private static final int SHUT_RDWR = 2;
  private static final int MSG_NOSIGNAL = 0x4000;

  // ssize_t recv(int sockfd, void *buf, size_t len, int flags);
  private static final MethodHandle RECV = transfer("recv");
  // ssize_t send(int sockfd, const void *buf, size_t len, int flags);
  private static final MethodHandle SEND = transfer("send");
  // int shutdown(int sockfd, int how);
  private static final MethodHandle SHUTDOWN =
      Native.required("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
  private static final MethodHandle SETSOCKOPT =
      Native.required(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

  private StreamCalls() {}

  /** Waits for bytes; 0 at the stream's end. {@code recv(2)}. */
  static int receive(int fd, MemorySegment target, long bytes) {
    MemorySegment state = Native.state();
    try {
      long count = (long) RECV.invokeExact(state, fd, target, bytes, 0);
      return (int) Native.orErrno(count, state);
    } catch (Throwable e) {
      throw Native.unexpected("recv", e);
    }
  }

  /** Waits until some bytes are taken; a peer that is gone is {@code -EPIPE}. {@code send(2)}. */
  static int send(int fd, MemorySegment source, long bytes) {
    MemorySegment state = Native.state();
    try {
      long count = (long) SEND.invokeExact(state, fd, source, bytes, MSG_NOSIGNAL);
      return (int) Native.orErrno(count, state);
    } catch (Throwable e) {
      throw Native.unexpected("send", e);
    }
  }

  /** Ends both directions, and every wait on them in other threads. {@code shutdown(2)}. */
  static int shutdown(int fd) {
    MemorySegment state = Native.state();
    try {
      return (int) Native.orErrno((int) SHUTDOWN.invokeExact(state, fd, SHUT_RDWR), state);
    } catch (Throwable e) {
      throw Native.unexpected("shutdown", e);
    }
  }

  /**
   * How long a connect and each send may wait, in milliseconds; 0 = for ever. On a unix socket it
   * bounds the wait for a place in the peer's backlog: {@code socket(7)}, {@code unix(7)}.
   */
  static int sendTimeout(int fd, long millis) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      // struct timeval { long tv_sec; long tv_usec; }
      MemorySegment time = arena.allocate(16, 8);
      time.set(JAVA_LONG, 0, millis / 1_000);
      time.set(JAVA_LONG, 8, millis % 1_000 * 1_000);
      int failed =
          (int) SETSOCKOPT.invokeExact(state, fd, SocketCalls.SOL_SOCKET, SO_SNDTIMEO, time, 16);
      return (int) Native.orErrno(failed, state);
    } catch (Throwable e) {
      throw Native.unexpected("setsockopt", e);
    }
  }

  private static MethodHandle transfer(String symbol) {
    return Native.required(
        symbol, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  }
}
