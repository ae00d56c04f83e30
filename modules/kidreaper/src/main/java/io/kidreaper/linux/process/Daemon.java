package io.kidreaper.linux.process;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.process.ProcessCalls.Pipe;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How {@code run --daemon} works without fork, which a JVM of many threads cannot do: the launching
 * command starts itself again in a session of its own and waits at a {@link ReadyPipe}. It exits
 * with 0 only when the workers serve, with the reason otherwise. Until then the daemon's words go
 * to the launcher's own output, so nothing that is said at the start is lost.
 *
 * <p>A session leader without a terminal could take one by opening it; a JVM never opens one, so
 * the second fork of the books is not needed.
 */
public final class Daemon {
  private static final int READY_FD = 3;
  private static final int LINE_BYTES = 1 << 16;

  /** What the launching command learns. */
  public sealed interface Launched {
    record Ready(int pid) implements Launched {}

    record Failed(String reason) implements Launched {}
  }

  private Daemon() {}

  /**
   * This very process's program and arguments, from the kernel: they are the same again in the
   * daemon, which knows itself by {@link ReadyPipe#from} alone. So no argument is edited, and a
   * worker's own {@code --daemon} stays its own.
   */
  public static List<String> ownCommand() throws IOException {
    String words = Files.readString(Path.of("/proc/self/cmdline"));
    List<String> command = new java.util.ArrayList<>(List.of(words.split("\0", -1)));
    command.removeLast();
    command.set(0, Files.readSymbolicLink(Path.of("/proc/self/exe")).toString());
    return List.copyOf(command);
  }

  /**
   * Starts the daemon and waits until it says how it went, as long as that takes. Descriptor 0 is
   * handed on if it is a socket ({@code --listen fd:0}) and is /dev/null otherwise.
   *
   * @param command with its program's full path first
   */
  public static Launched launch(List<String> command, Map<String, String> environment) {
    Pipe pipe = ProcessCalls.pipe();
    if (pipe.readFd() < 0) {
      return new Launched.Failed("cannot start the daemon: " + Errno.describe(-pipe.readFd()));
    }
    SortedMap<Integer, Integer> descriptors = new TreeMap<>();
    int input = isSocket(0) ? -1 : ProcessCalls.open("/dev/null", ProcessCalls.O_RDONLY);
    descriptors.put(0, ProcessCalls.duplicate(input < 0 ? 0 : input, READY_FD + 1));
    descriptors.put(1, ProcessCalls.duplicate(1, READY_FD + 1));
    descriptors.put(2, ProcessCalls.duplicate(2, READY_FD + 1));
    descriptors.put(READY_FD, ProcessCalls.duplicate(pipe.writeFd(), READY_FD + 1));
    // One that was closed when we were started stays closed.
    descriptors.values().removeIf(fd -> fd < 0);
    Map<String, String> variables = new TreeMap<>(environment);
    variables.put(ReadyPipe.VARIABLE, Integer.toString(READY_FD));
    int pid =
        SpawnCalls.spawn(command.getFirst(), command, variables, Optional.empty(), descriptors);
    descriptors.values().forEach(ProcessCalls::close);
    ProcessCalls.close(pipe.writeFd());
    if (input >= 0) {
      ProcessCalls.close(input);
    }
    try {
      return pid < 0
          ? new Launched.Failed("cannot start the daemon: " + Errno.describe(-pid))
          : answer(pid, readLine(pipe.readFd()));
    } finally {
      ProcessCalls.close(pipe.readFd());
    }
  }

  private static Launched answer(int pid, String line) {
    if (line.equals(ReadyPipe.READY)) {
      return new Launched.Ready(pid);
    }
    // The pipe is closed a moment before its holder has ended and let go of lock and sockets.
    int status = ProcessCalls.reap(pid);
    for (int i = 0; status == -1 && i < 1_000; i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      status = ProcessCalls.reap(pid);
    }
    if (line.startsWith(ReadyPipe.FAILED)) {
      return new Launched.Failed(line.substring(ReadyPipe.FAILED.length()));
    }
    return new Launched.Failed(
        status < 0
            ? "the daemon said nothing and runs on as process " + pid
            : "the daemon " + ExitStatus.ofRaw(status).describe() + " before it was ready");
  }

  private static String readLine(int fd) {
    StringBuilder line = new StringBuilder();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(LINE_BYTES);
      long bytes = ProcessCalls.read(fd, buffer);
      while (bytes > 0 || bytes == -Errno.EINTR) {
        byte[] read = buffer.asSlice(0, Math.max(0, bytes)).toArray(ValueLayout.JAVA_BYTE);
        line.append(new String(read, StandardCharsets.UTF_8));
        bytes = line.indexOf("\n") >= 0 ? 0 : ProcessCalls.read(fd, buffer);
      }
    }
    return line.toString().lines().findFirst().orElse("");
  }

  private static boolean isSocket(int fd) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd))
          .toString()
          .startsWith("socket:");
    } catch (IOException e) {
      return false;
    }
  }
}
