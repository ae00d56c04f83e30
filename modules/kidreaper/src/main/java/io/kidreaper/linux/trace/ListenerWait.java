package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Tells whether a wait call waits for one of the process's listening sockets. A worker that waits
 * for anything else while it holds no connection is no idle worker: it is still starting, or works
 * on after its answer.
 *
 * <p>What cannot be read does not count as a listener: the worker is then followed on, which loses
 * nothing. A read of a process that runs may be of a moment later than its call.
 */
final class ListenerWait {
  /** More are not looked at; a worker that waits for its next request waits for a few. */
  private static final long MOST_FDS = 64 * 1024;

  private static final int POLLFD_BYTES = 8;

  /** POLLIN, POLLRDNORM. */
  private static final int READABLE = 0x1 | 0x40;

  /** An epoll set may be in another; one in a third was never seen. */
  private static final int DEEPEST = 2;

  private final Syscalls syscalls;
  private final Listeners sockets;
  private final EpollSets epolls;
  private final TaskMemory memory;

  /**
   * @param sockets tells listeners from other descriptors, as far as it knows
   */
  ListenerWait(Architecture architecture, Listeners sockets, EpollSets epolls, TaskMemory memory) {
    this.syscalls = architecture.syscalls();
    this.sockets = sockets;
    this.epolls = epolls;
    this.memory = memory;
  }

  /** Whether a listening socket is what, or among what, the call waits for. */
  boolean isOf(WaitCall call) {
    return isOf(call, DEEPEST);
  }

  /** The same, but without an epoll set between the call and the socket. */
  boolean isDirectlyOf(WaitCall call) {
    return isOf(call, 0);
  }

  private boolean isOf(WaitCall call, int depth) {
    if (syscalls.accepts().contains(call.number())) {
      return sockets.isListener((int) call.first());
    }
    if (syscalls.epollWaits().contains(call.number())) {
      return depth > 0 && inEpoll((int) call.first(), depth);
    }
    if (syscalls.selects().contains(call.number())) {
      return inSet(call.second(), call.first(), depth);
    }
    // restart_syscall has the arguments of the call that it continues: a poll's, or a sleep's.
    return inArray(call.first(), call.second(), depth);
  }

  // struct pollfd { int fd; short events; short revents; };
  private boolean inArray(long address, long count, int depth) {
    if (count < 1 || count > MOST_FDS) {
      return false; // a sleep's second argument is an address
    }
    try (Arena arena = Arena.ofConfined()) {
      Optional<MemorySegment> fds = read(arena, address, count * POLLFD_BYTES);
      for (long at = 0; fds.isPresent() && at < fds.get().byteSize(); at += POLLFD_BYTES) {
        int fd = fds.get().get(JAVA_INT, at);
        boolean forInput = (fds.get().get(JAVA_SHORT, at + 4) & READABLE) != 0;
        if (fd >= 0 && forInput && leadsToListener(fd, depth)) {
          return true;
        }
      }
      return false;
    }
  }

  // typedef struct { unsigned long fds_bits[]; } fd_set; bit n of it is descriptor n.
  private boolean inSet(long address, long highest, int depth) {
    long fds = (int) highest; // an int in a register, whose upper half is anything
    if (address == 0 || fds < 1 || fds > MOST_FDS) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      Optional<MemorySegment> set = read(arena, address, (fds + 63) / 64 * 8);
      for (int fd = 0; set.isPresent() && fd < fds; fd++) {
        long bits = set.get().get(JAVA_LONG, fd / 64 * 8L);
        if ((bits >>> fd % 64 & 1) == 1 && leadsToListener(fd, depth)) {
          return true;
        }
      }
      return false;
    }
  }

  private boolean leadsToListener(int fd, int depth) {
    return sockets.isListener(fd) || (depth > 0 && inEpoll(fd, depth));
  }

  private boolean inEpoll(int epollFd, int depth) {
    for (EpollSets.Watched watched : epolls.watchedBy(epollFd)) {
      if (isListener(watched) || leadsToListener(watched.fd(), depth - 1)) {
        return true;
      }
    }
    return false;
  }

  private boolean isListener(EpollSets.Watched watched) {
    return watched.inode().isPresent() && sockets.isListenerInode(watched.inode().getAsLong());
  }

  private Optional<MemorySegment> read(Arena arena, long address, long bytes) {
    MemorySegment buffer = arena.allocate(bytes, 8);
    return memory.read(address, buffer) == bytes ? Optional.of(buffer) : Optional.empty();
  }
}
