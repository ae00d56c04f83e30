package io.kidreaper.linux.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Hears what workers say and sees them end, on one thread that only ever waits in {@code poll(2)}:
 * a worker is never held up longer than that thread takes from one turn to the next. So whoever
 * listens must not wait for anything either.
 *
 * <p>An end is told after all that the worker wrote, its unfinished last line included: what it
 * wrote lies in the pipe before it ends. A descendant that still holds the pipe is heard on without
 * anybody waiting for it; of such pipes there are at most {@value #MOST_LEFT_BEHIND}.
 *
 * <p>{@link #watch}, {@link #adopt} and {@link #close} may be called from any thread.
 */
public final class ChildWatch implements AutoCloseable {
  /** Called on the watching thread; must not block; what it throws is reported and forgotten. */
  public interface Listener {
    void line(OutputLine line);

    void ended(Ended ended);
  }

  private static final int MOST_LEFT_BEHIND = 64;
  private static final int BUFFER_BYTES = 1 << 16;
  // struct pollfd { int fd; short events; short revents; };
  private static final int POLLFD_BYTES = 8;
  private static final short POLLIN = 1;

  /** A descendant that writes without end must not keep its worker's end from being told. */
  private static final int MOST_READS_AT_END = 64;

  private final Libc libc = new NativeLibc();
  private final Listener listener;
  private final ProcessCalls.Pipe wake = ProcessCalls.pipe();
  private final Queue<WatchedChild> arrived = new ConcurrentLinkedQueue<>();
  private final Map<Integer, WatchedChild> byPid = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean closing;

  // Of the watching thread alone.
  private final Map<Integer, WatchedChild> byPidfd = new HashMap<>();
  private final Map<Integer, WatchedChild.Pipe> byPipe = new HashMap<>();
  private final Deque<WatchedChild.Pipe> leftBehind = new ArrayDeque<>();

  public ChildWatch(Listener listener) {
    if (wake.readFd() < 0) {
      throw new IllegalStateException("no pipe to wake a thread with: errno " + -wake.readFd());
    }
    this.listener = listener;
    this.thread = Thread.ofPlatform().name("kidreaper-children").daemon().start(this::run);
  }

  /**
   * Takes over a child that was just spawned, and its descriptors.
   *
   * @return false if descriptors are short; then the child, which nobody would hear or see end, was
   *     killed at once and its end is not told
   */
  public boolean watch(Spawned.Child child) {
    int pidfd = libc.pidfdOpen(child.pid());
    if (pidfd < 0) {
      discard(child);
      return false;
    }
    arrive(child.pid(), pidfd, true, child.outputFd(), child.errorFd());
    return true;
  }

  /**
   * Watches a worker that is not our child: how it ends stays unknown.
   *
   * @param pidfd ours to close from here on, as are the other two
   * @param outputFd of {@link Spawner#outputOf}; negative for none
   * @param errorFd of {@link Spawner#outputOf}; negative for none
   */
  public void adopt(int pid, int pidfd, int outputFd, int errorFd) {
    arrive(pid, pidfd, false, outputFd, errorFd);
  }

  /**
   * Sends a signal to a watched worker, and to nobody else even if its pid is another's by now.
   *
   * @return 0, or the negated errno; {@code -ESRCH} if it is not watched any more
   */
  public int signal(int pid, int signal) {
    WatchedChild child = byPid.get(pid);
    return child == null ? -Errno.ESRCH : child.signal(libc, signal);
  }

  /** Whether a process is being watched, so that its status is not for anybody else to collect. */
  public boolean isWatched(int pid) {
    return byPid.containsKey(pid);
  }

  /** Stops listening; workers run on, and what they say waits in their pipes. */
  @Override
  public void close() {
    closing = true;
    wakeUp();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void arrive(int pid, int pidfd, boolean ours, int outputFd, int errorFd) {
    WatchedChild child =
        new WatchedChild(
            pid, pidfd, ours, outputFd, errorFd, line -> tell(() -> listener.line(line)));
    byPid.put(pid, child);
    arrived.add(child);
    wakeUp();
  }

  private void wakeUp() {
    try (Arena arena = Arena.ofConfined()) {
      ProcessCalls.write(wake.writeFd(), arena.allocate(1));
    }
  }

  private void run() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BUFFER_BYTES);
      while (!closing) {
        turn(buffer);
      }
    }
    byPipe.keySet().forEach(ProcessCalls::close);
    byPidfd.values().forEach(WatchedChild::closePidfd);
    ProcessCalls.close(wake.readFd());
    ProcessCalls.close(wake.writeFd());
  }

  private void turn(MemorySegment buffer) {
    List<Integer> ready = poll();
    for (int fd : ready) {
      WatchedChild.Pipe pipe = byPipe.get(fd);
      if (pipe != null && !pipe.read(buffer)) {
        drop(pipe);
      }
    }
    // After all pipes, so that an end is seen with most of its words read already.
    for (int fd : ready) {
      WatchedChild child = byPidfd.get(fd);
      if (child != null) {
        end(child, buffer);
      }
    }
    if (ready.contains(wake.readFd())) {
      ProcessCalls.read(wake.readFd(), buffer);
      WatchedChild child = arrived.poll();
      while (child != null) {
        byPidfd.put(child.pidfd, child);
        for (WatchedChild.Pipe pipe : child.pipes) {
          byPipe.put(pipe.fd, pipe);
        }
        child = arrived.poll();
      }
    }
  }

  private List<Integer> poll() {
    List<Integer> fds = new ArrayList<>(byPipe.keySet());
    fds.addAll(byPidfd.keySet());
    fds.add(wake.readFd());
    List<Integer> ready = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pollfds = arena.allocate((long) POLLFD_BYTES * fds.size(), 4);
      for (int i = 0; i < fds.size(); i++) {
        pollfds.set(JAVA_INT, (long) POLLFD_BYTES * i, fds.get(i));
        pollfds.set(JAVA_SHORT, (long) POLLFD_BYTES * i + 4, POLLIN);
      }
      // EINTR and ENOMEM leave nothing ready, and the next turn asks again.
      if (ProcessCalls.poll(pollfds, fds.size(), -1) > 0) {
        for (int i = 0; i < fds.size(); i++) {
          if (pollfds.get(JAVA_SHORT, (long) POLLFD_BYTES * i + 6) != 0) {
            ready.add(fds.get(i));
          }
        }
      }
    }
    return ready;
  }

  private void end(WatchedChild child, MemorySegment buffer) {
    for (WatchedChild.Pipe pipe : List.copyOf(child.pipes)) {
      boolean open = true;
      for (int i = 0; open && i < MOST_READS_AT_END && libc.pollReadable(pipe.fd, 0) == 1; i++) {
        open = pipe.read(buffer);
      }
      if (open) {
        pipe.flush();
        leaveBehind(pipe);
      } else {
        drop(pipe);
      }
    }
    byPidfd.remove(child.pidfd);
    child.closePidfd();
    Ended ended = child.ended(child.ours ? reap(child.pid) : new ExitStatus.Unknown());
    byPid.remove(child.pid, child);
    tell(() -> listener.ended(ended));
  }

  /** A listener's fault is shouted about and costs one line: without this thread workers stall. */
  private static void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      Thread current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, e);
    }
  }

  /** A child that is not reaped keeps its pid, so a plain kill reaches it and nobody else. */
  private static void discard(Spawned.Child child) {
    ProcessCalls.close(child.outputFd());
    ProcessCalls.close(child.errorFd());
    ProcessCalls.kill(child.pid());
    for (int i = 0; ProcessCalls.reap(child.pid()) == -1 && i < 1_000; i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static ExitStatus reap(int pid) {
    int status = ProcessCalls.reap(pid);
    // Gone without a status: something else in this process took what was ours.
    return status < 0 ? new ExitStatus.Unknown() : ExitStatus.ofRaw(status);
  }

  private void leaveBehind(WatchedChild.Pipe pipe) {
    leftBehind.addLast(pipe);
    if (leftBehind.size() > MOST_LEFT_BEHIND) {
      drop(leftBehind.getFirst());
    }
  }

  private void drop(WatchedChild.Pipe pipe) {
    byPipe.remove(pipe.fd);
    leftBehind.remove(pipe);
    pipe.child().pipes.remove(pipe);
    ProcessCalls.close(pipe.fd);
  }
}
