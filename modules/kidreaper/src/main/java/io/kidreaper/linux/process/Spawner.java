package io.kidreaper.linux.process;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.process.ProcessCalls.Limit;
import io.kidreaper.linux.process.ProcessCalls.Pipe;
import io.kidreaper.linux.process.ProgramLookup.Found;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Starts workers. A worker gets its listening socket as descriptor 0, pipes to us as 1 and 2,
 * nothing else but further sockets; default dispositions and an empty mask, whatever the JVM has;
 * and a session of its own, so that neither Ctrl-C nor the end of a terminal cuts its request. Safe
 * from any thread.
 *
 * <p>Both pipes are open for reading too on the worker's side. So a worker that writes when
 * kidreaper is dead fills the pipe instead of dying of SIGPIPE, and the next kidreaper finds the
 * pipe, and what was said meanwhile, at the worker itself: {@link #outputOf}.
 */
public final class Spawner {
  /** Ten times the usual, so that a pause of ours holds up nobody; used only as it fills. */
  private static final int PIPE_BYTES = 1 << 20;

  /** Descriptors that other threads may open while the limit is lowered. */
  private static final int MARGIN = 128;

  private static final int HIGHEST_GATE_FD = 9;

  /**
   * Descriptors that stay free whatever is started: workers that took the last one could not even
   * be let go, since holding one between two requests needs some.
   */
  private static final int KEPT_FREE = 24;

  /** Our soft limit is the whole JVM's, so one spawn at a time. */
  private static final Object LIMIT = new Object();

  private Spawner() {}

  /** Starts a process; a failed start leaves nothing behind. */
  public static Spawned spawn(SpawnRequest request) {
    return spawn(request, OptionalInt.empty());
  }

  /**
   * Starts a process whose program does not begin before the gate is opened. A shell waits at the
   * gate and then becomes the program; shells know descriptors of one digit, so with more than six
   * sockets there is no gate and the program begins at once.
   */
  public static Gated spawnGated(SpawnRequest request) {
    if (lowest(request) > HIGHEST_GATE_FD) {
      return new Gated(spawn(request), -1);
    }
    Pipe gate = ProcessCalls.pipe();
    if (gate.readFd() < 0) {
      return new Gated(outOfResources(name(request), -gate.readFd()), -1);
    }
    try {
      return new Gated(spawn(request, OptionalInt.of(gate.readFd())), gate.writeFd());
    } finally {
      ProcessCalls.close(gate.readFd());
    }
  }

  private static Spawned spawn(SpawnRequest request, OptionalInt gateFd) {
    Path directory = request.directory().orElse(Path.of("")).toAbsolutePath();
    if (!Files.isDirectory(directory)) {
      return new Spawned.WrongCommand("the folder " + directory + " to run in does not exist");
    }
    String program;
    switch (ProgramLookup.find(name(request), request.environment(), directory)) {
      case Found.Refused(String reason) -> {
        return new Spawned.WrongCommand(reason);
      }
      case Found.Program(String path) -> program = path;
    }
    List<Integer> ours = new ArrayList<>();
    Optional<Headroom> headroom = Headroom.take();
    if (headroom.isEmpty()) {
      return outOfResources(name(request), Errno.EAGAIN);
    }
    try (Headroom _ = headroom.get()) {
      return spawn(request, program, directory, gateFd, ours);
    } finally {
      ours.forEach(ProcessCalls::close);
    }
  }

  /**
   * A new read end of a worker's pipe, for a kidreaper that did not start it. Needs the right to
   * trace the worker; a descriptor that is no pipe of ours is not to be read.
   *
   * @param fd 1 or 2 of the worker
   * @return our descriptor, or the negated errno
   */
  public static int outputOf(int pid, int fd) {
    return ProcessCalls.open("/proc/" + pid + "/fd/" + fd, ProcessCalls.O_RDONLY);
  }

  /**
   * A read end of a pipe that a worker of ours has just made for its output, which then holds as
   * much as a spawned worker's.
   *
   * @param fd of the pipe in the worker
   * @return our descriptor, or the negated errno
   */
  public static int ownPipeOf(int pid, int fd) {
    int opened = outputOf(pid, fd);
    if (opened >= 0) {
      ProcessCalls.setPipeSize(opened, PIPE_BYTES);
    }
    return opened;
  }

  private static Spawned spawn(
      SpawnRequest request,
      String program,
      Path directory,
      OptionalInt gateFd,
      List<Integer> ours) {
    int gateThere = lowest(request);
    int lowest = gateThere + (gateFd.isPresent() ? 1 : 0);
    Pipe output = ProcessCalls.pipe();
    if (output.readFd() < 0) {
      return outOfResources(name(request), -output.readFd());
    }
    ours.add(output.writeFd());
    Pipe error = ProcessCalls.pipe();
    if (error.readFd() < 0) {
      ProcessCalls.close(output.readFd());
      return outOfResources(name(request), -error.readFd());
    }
    ours.add(error.writeFd());

    SortedMap<Integer, Integer> descriptors = new TreeMap<>();
    for (int i = 0; i < request.sockets().size(); i++) {
      descriptors.put(i == 0 ? 0 : 2 + i, ProcessCalls.duplicate(request.sockets().get(i), lowest));
    }
    descriptors.put(1, bothWays(output.writeFd(), lowest));
    descriptors.put(2, bothWays(error.writeFd(), lowest));
    if (gateFd.isPresent()) {
      descriptors.put(gateThere, ProcessCalls.duplicate(gateFd.getAsInt(), lowest));
    }
    int pid = 0;
    int highest = 0;
    for (int fd : descriptors.values()) {
      if (fd < 0) {
        pid = fd;
      } else {
        ours.add(fd);
        highest = Math.max(highest, fd);
      }
    }
    if (pid == 0) {
      OptionalInt gate = gateFd.isPresent() ? OptionalInt.of(gateThere) : OptionalInt.empty();
      pid = spawn(request, program, directory, gate, descriptors, highest);
    }
    if (pid > 0) {
      return new Spawned.Child(pid, output.readFd(), error.readFd());
    }
    ProcessCalls.close(output.readFd());
    ProcessCalls.close(error.readFd());
    return refused(request, program, -pid);
  }

  private static int spawn(
      SpawnRequest request,
      String program,
      Path directory,
      OptionalInt gate,
      SortedMap<Integer, Integer> descriptors,
      int highest) {
    synchronized (LIMIT) {
      Limit limit = ProcessCalls.limit(ProcessCalls.RLIMIT_NOFILE);
      // Descriptors are given out from the lowest on, so the highest tells how many are taken.
      if (Long.compareUnsigned(highest + KEPT_FREE, limit.soft()) > 0) {
        return -Errno.EMFILE;
      }
      OptionalLong soft = request.softOpenFiles();
      boolean differs = soft.isPresent() && soft.getAsLong() != limit.soft();
      // Lowered for the moment of the spawn, if no thread can then be short of descriptors.
      boolean lower = differs && highest + MARGIN < soft.getAsLong();
      OptionalLong byShell = differs && !lower ? soft : OptionalLong.empty();
      List<String> command = new ArrayList<>(request.command());
      boolean direct = Trampoline.wrap(command, request, byShell, gate).equals(command);
      if (!direct) {
        command.set(0, program);
        command = new ArrayList<>(Trampoline.wrap(command, request, byShell, gate));
        switch (ProgramLookup.find(command.getFirst(), request.environment(), directory)) {
          case Found.Refused _ -> {
            return -Errno.ENOENT;
          }
          case Found.Program(String path) -> program = path;
        }
      }
      if (lower) {
        ProcessCalls.setLimit(
            ProcessCalls.RLIMIT_NOFILE, new Limit(soft.getAsLong(), limit.hard()));
      }
      try {
        return SpawnCalls.spawn(
            program, command, request.environment(), request.directory(), descriptors);
      } finally {
        if (lower) {
          ProcessCalls.setLimit(ProcessCalls.RLIMIT_NOFILE, limit);
        }
      }
    }
  }

  /** The pipe opened for reading and writing, at {@code lowest} or above. */
  private static int bothWays(int writeFd, int lowest) {
    ProcessCalls.setPipeSize(writeFd, PIPE_BYTES);
    int opened = ProcessCalls.open("/proc/self/fd/" + writeFd, ProcessCalls.O_RDWR);
    if (opened < 0) {
      // Without /proc: then a worker that writes after our death gets SIGPIPE.
      return ProcessCalls.duplicate(writeFd, lowest);
    }
    int high = ProcessCalls.duplicate(opened, lowest);
    ProcessCalls.close(opened);
    return high;
  }

  private static Spawned refused(SpawnRequest request, String program, int errno) {
    return switch (errno) {
      case Errno.EAGAIN, Errno.ENOMEM, Errno.EMFILE, Errno.ENFILE ->
          outOfResources(name(request), errno);
      case Errno.ENOENT ->
          new Spawned.WrongCommand(
              request.runAs().isPresent() || request.deathSignal().isPresent()
                  ? "to run workers as another user or to end them with kidreaper, setpriv of util-linux must be installed"
                  : request.directory().isPresent()
                      ? "the folder "
                          + request.directory().get()
                          + " or the loader of "
                          + program
                          + " does not exist"
                      : "the loader that " + program + " asks for does not exist");
      case Errno.ENOEXEC ->
          new Spawned.WrongCommand(
              program
                  + " is no program for this machine and has no first line such as #!/usr/bin/perl");
      default -> new Spawned.WrongCommand("cannot run " + program + ": " + Errno.describe(errno));
    };
  }

  private static Spawned outOfResources(String name, int errno) {
    return new Spawned.OutOfResources(
        "cannot start "
            + name
            + " now: "
            + (errno == Errno.EAGAIN
                ? "too many processes or threads (ulimit -u, pids.max)"
                : Errno.describe(errno)));
  }

  /** The first number that none of the child's own descriptors has. */
  private static int lowest(SpawnRequest request) {
    return 3 + Math.max(0, request.sockets().size() - 1);
  }

  private static String name(SpawnRequest request) {
    return request.command().getFirst();
  }
}
