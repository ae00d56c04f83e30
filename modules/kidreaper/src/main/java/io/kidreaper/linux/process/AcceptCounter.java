package io.kidreaper.linux.process;

import io.kidreaper.linux.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Counts, from outside and exactly, the connections that one worker has accepted since the counter
 * was opened: the accept calls of all its threads that returned a descriptor. A web server that
 * keeps connections open sends several requests over one; then it is connections that are counted.
 *
 * <p>Needs tracefs for the tracepoints' ids, and root or CAP_PERFMON to open them.
 */
public final class AcceptCounter implements AutoCloseable {
  /** Where systems mount tracefs. */
  public static final Path TRACEFS = Path.of("/sys/kernel/tracing");

  private static final List<String> TRACEPOINTS = List.of("sys_exit_accept4", "sys_exit_accept");

  /** What came of opening a counter. */
  public sealed interface Opened {
    record Counting(AcceptCounter counter) implements Opened {}

    /**
     * @param reason a sentence that says what to do
     */
    record Refused(String reason) implements Opened {}
  }

  private final List<Integer> counters;

  private AcceptCounter(List<Integer> counters) {
    this.counters = counters;
  }

  /**
   * Opens a counter that begins at 0 now.
   *
   * @param pid of a worker that cannot be reaped meanwhile, our own child for instance
   * @param tracefs {@link #TRACEFS}, or where a test has it
   */
  public static Opened open(int pid, Path tracefs) {
    List<Integer> counters = new ArrayList<>();
    AcceptCounter counter = new AcceptCounter(counters);
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads) {
        int threadId = Integer.parseInt(thread.getFileName().toString());
        for (String tracepoint : TRACEPOINTS) {
          int failed = counter.add(id(tracefs, tracepoint), threadId);
          if (failed < 0 && failed != -Errno.ESRCH) {
            counter.close();
            return new Opened.Refused(why(-failed));
          }
        }
      }
    } catch (NoTracefs e) {
      counter.close();
      return new Opened.Refused(
          "requests cannot be counted: %s is not readable (%s); as root: mount -t tracefs tracefs %s"
              .formatted(tracefs, e.getMessage(), tracefs));
    } catch (IOException e) {
      counter.close();
      return new Opened.Refused("requests cannot be counted: process " + pid + " is gone");
    }
    return counters.isEmpty()
        ? new Opened.Refused("requests cannot be counted: process " + pid + " is gone")
        : new Opened.Counting(counter);
  }

  /**
   * Connections accepted so far; the worker's end changes nothing about it. Empty if the kernel did
   * not tell, which it has no reason for.
   */
  public OptionalLong accepted() {
    long sum = 0;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
      for (int fd : counters) {
        if (ProcessCalls.read(fd, count) != Long.BYTES) {
          return OptionalLong.empty();
        }
        sum += count.get(ValueLayout.JAVA_LONG, 0);
      }
    }
    return OptionalLong.of(sum);
  }

  @Override
  public void close() {
    counters.forEach(ProcessCalls::close);
    counters.clear();
  }

  /** The filter is set before the counter runs, so no failed accept is ever in it. */
  private int add(int tracepoint, int threadId) {
    int fd = PerfCalls.open(tracepoint, threadId);
    if (fd < 0) {
      return fd;
    }
    counters.add(fd);
    int failed = PerfCalls.setFilter(fd, "ret >= 0");
    return failed < 0 ? failed : PerfCalls.enable(fd);
  }

  private static int id(Path tracefs, String tracepoint) throws NoTracefs {
    Path file = tracefs.resolve("events/syscalls").resolve(tracepoint).resolve("id");
    try {
      return Integer.parseInt(Files.readString(file).strip());
    } catch (IOException | NumberFormatException e) {
      throw new NoTracefs(e);
    }
  }

  private static String why(int errno) {
    return "requests cannot be counted: "
        + switch (errno) {
          case Errno.EACCES, Errno.EPERM ->
              "the kernel does not permit it; run as root or with CAP_PERFMON";
          case Errno.ENOSYS, Errno.ENOENT -> "this kernel was built without perf events";
          default -> Errno.describe(errno);
        };
  }

  /** Only between two methods of this class, to tell tracefs's absence from the worker's. */
  private static final class NoTracefs extends Exception {
    private static final long serialVersionUID = 1L;

    NoTracefs(Exception cause) {
      super(cause.getClass().getSimpleName(), cause);
    }
  }
}
