package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Tells whether the wait call that a task is about to make waits for the pool's connections. */
final class TemplateWait {
  /** What a wait call is to a listening socket. */
  enum Kind {
    /** It waits for something else. */
    OTHER,
    /** It waits for a connection. */
    DIRECT,
    /** It waits at an epoll instance that has the socket in its set. */
    EPOLL
  }

  /** More than a worker waits for; a set of that size is somebody else's. */
  private static final int MOST_POLLED = 4096;

  private static final int POLLFD_BYTES = 8;

  private final PtraceCalls calls;
  private final Architecture architecture;
  private final Proc proc;
  private final int pid;
  private final Set<String> listeners;

  /**
   * @param listeners links as {@code /proc/PID/fd} has them: {@code socket:[4711]}
   */
  TemplateWait(
      PtraceCalls calls, Architecture architecture, Proc proc, int pid, Set<String> listeners) {
    this.calls = calls;
    this.architecture = architecture;
    this.proc = proc;
    this.pid = pid;
    this.listeners = listeners;
  }

  /**
   * @param number of the call that is entered
   * @param registers at its entry
   */
  Kind of(long number, MemorySegment registers) {
    long first = architecture.argument(registers, 0);
    long second = architecture.argument(registers, 1);
    ForkCalls named = architecture.forkCalls();
    if (architecture.syscalls().accepts().contains(number)) {
      return direct(isListener((int) first));
    }
    if (named.polls().contains(number)) {
      return direct(polls(first, second));
    }
    if (named.selects().contains(number)) {
      return direct(selects((int) first, second));
    }
    if (named.epolls().contains(number)) {
      return epollHasListener((int) first) ? Kind.EPOLL : Kind.OTHER;
    }
    return Kind.OTHER;
  }

  private static Kind direct(boolean waits) {
    return waits ? Kind.DIRECT : Kind.OTHER;
  }

  // struct pollfd { int fd; short events; short revents; };
  private boolean polls(long address, long count) {
    if (count < 1 || count > MOST_POLLED) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(count * POLLFD_BYTES, 4);
      if (calls.readMemory(pid, address, set) != set.byteSize()) {
        return false;
      }
      for (long at = 0; at < set.byteSize(); at += POLLFD_BYTES) {
        if (isListener(set.get(JAVA_INT, at))) {
          return true;
        }
      }
      return false;
    }
  }

  /** A set of descriptors is a row of bits, the lowest first. */
  private boolean selects(int count, long readable) {
    if (count < 1 || count > MOST_POLLED || readable == 0) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate((count + 7) / 8);
      if (calls.readMemory(pid, readable, set) != set.byteSize()) {
        return false;
      }
      for (int fd = 0; fd < count; fd++) {
        if ((set.get(JAVA_BYTE, fd / 8) >> (fd % 8) & 1) == 1 && isListener(fd)) {
          return true;
        }
      }
      return false;
    }
  }

  // A line of fdinfo: "tfd:        5 events:       19 data: …"
  private boolean epollHasListener(int epoll) {
    Path info = proc.root().resolve(Integer.toString(pid)).resolve("fdinfo/" + epoll);
    return proc.text(info).stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("tfd:"))
        .map(line -> line.substring("tfd:".length()).strip().split("\\s+", 2)[0])
        .anyMatch(fd -> fd.matches("\\d{1,9}") && isListener(Integer.parseInt(fd)));
  }

  private boolean isListener(int fd) {
    Path link = proc.root().resolve(Integer.toString(pid)).resolve("fd/" + fd);
    try {
      return fd >= 0 && listeners.contains(Files.readSymbolicLink(link).toString());
    } catch (IOException e) {
      return false; // not open
    }
  }
}
