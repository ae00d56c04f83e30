package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.kidreaper.linux.Native;
import io.kidreaper.pool.ProcessId;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * A process that waits in accept as a worker does, and that nobody needs: something to practise on.
 *
 * <p>It is a copy of this JVM with one thread, whose only code is the C library's {@code accept}:
 * nothing of Java runs in it, nor anything that takes a lock another thread may have held. It needs
 * no program on disk. Whatever becomes of us it ends by itself, since its listener's receive time
 * limit ends its accept. It has no exit signal, so no other wait of this JVM hears of it.
 */
final class StandIn implements AutoCloseable {
  private static final int LIFETIME_SECONDS = 2;
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM_CLOEXEC = 1 | 02000000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SIGKILL = 9;
  private static final int WALL = 0x40000000;
  private static final int STACK_BYTES = 64 * 1024;

  // int socket(int domain, int type, int protocol);
  private static final MethodHandle SOCKET =
      Native.required("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
  private static final MethodHandle BIND =
      Native.required("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
  private static final MethodHandle SETSOCKOPT =
      Native.required(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  // int listen(int sockfd, int backlog);
  private static final MethodHandle LISTEN =
      Native.required("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  // int clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);
  private static final MethodHandle CLONE =
      Native.required(
          "clone",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG),
          Linker.Option.firstVariadicArg(4));
  // int kill(pid_t pid, int sig);
  private static final MethodHandle KILL =
      Native.required("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  // pid_t waitpid(pid_t pid, int *wstatus, int options);
  private static final MethodHandle WAITPID =
      Native.required("waitpid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  // int close(int fd);
  private static final MethodHandle CLOSE =
      Native.required("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final ProcessId id;

  private StandIn(ProcessId id) {
    this.id = id;
  }

  /** Starts one; empty where the system does not allow it. */
  static Optional<StandIn> start() {
    int listener = listener();
    if (listener < 0) {
      return Optional.empty();
    }
    try {
      int pid = fork(listener);
      // It is not waited for before it is closed, so the pid is its own.
      return pid < 0
          ? Optional.empty()
          : Proc.REAL.stat(pid).map(stat -> new StandIn(new ProcessId(pid, stat.startTicks())));
    } finally {
      close(listener);
    }
  }

  ProcessId id() {
    return id;
  }

  /** A socket under a name that the kernel chooses; negative where there is none. */
  private static int listener() {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      int fd = (int) SOCKET.invokeExact(state, AF_UNIX, SOCK_STREAM_CLOEXEC, 0);
      MemorySegment noName = arena.allocateFrom(JAVA_SHORT, (short) AF_UNIX);
      // struct timeval { time_t tv_sec; suseconds_t tv_usec; };
      MemorySegment limit = arena.allocateFrom(JAVA_LONG, LIFETIME_SECONDS, 0);
      if (fd >= 0
          && ((int) BIND.invokeExact(state, fd, noName, 2) < 0
              || (int) SETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, SO_RCVTIMEO, limit, 16) < 0
              || (int) LISTEN.invokeExact(state, fd, 1) < 0)) {
        close(fd);
        return -1;
      }
      return fd;
    } catch (Throwable e) {
      throw Native.unexpected("socket", e);
    }
  }

  private static int fork(int listener) {
    Optional<MemorySegment> accept = Linker.nativeLinker().defaultLookup().find("accept");
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stack = arena.allocate(STACK_BYTES, 16);
      return accept.isEmpty()
          ? -1
          // Memory and open files are copied, not shared, as fork does.
          : (int)
              CLONE.invokeExact(
                  state, accept.get(), stack.asSlice(STACK_BYTES), 0, (long) listener);
    } catch (Throwable e) {
      throw Native.unexpected("clone", e);
    }
  }

  private static void close(int fd) {
    try {
      int _ = (int) CLOSE.invokeExact(Native.state(), fd);
    } catch (Throwable e) {
      throw Native.unexpected("close", e);
    }
  }

  @Override
  public void close() {
    MemorySegment state = Native.state();
    try {
      int _ = (int) KILL.invokeExact(state, id.pid(), SIGKILL);
      int _ = (int) WAITPID.invokeExact(state, id.pid(), MemorySegment.NULL, WALL);
    } catch (Throwable e) {
      throw Native.unexpected("waitpid", e);
    }
  }
}
