package io.kidreaper.run.state;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcRead;
import io.kidreaper.linux.StatFile;
import io.kidreaper.linux.StatusFile;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.linux.socket.Listeners;
import io.kidreaper.linux.socket.Opened;
import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Goes on with what a dead kidreaper has left: its workers, which serve all the while, and its
 * listening sockets, taken back from a worker that holds them. To be done by whoever holds the
 * pool's lock; touches no worker.
 */
public final class Adoption {
  /** What came of it. */
  public sealed interface Result {
    /**
     * @param workers that run, at least one; a template is one more, since nobody holds it any more
     * @param listeners in the order in which workers have them
     * @param from what the former kidreaper had written
     */
    record Adopted(List<Worker> workers, List<Listener> listeners, SavedPool from)
        implements Result {
      public Adopted {
        workers = List.copyOf(workers);
        listeners = List.copyOf(listeners);
      }
    }

    /**
     * There is nobody to go on with: the pool begins anew.
     *
     * @param why for the log
     */
    record Nothing(String why) implements Result {}

    /**
     * Workers run that cannot be taken over, and a new pool would stand beside them.
     *
     * @param reason a sentence that says what to do
     */
    record Refused(String reason) implements Result {}
  }

  /**
   * A worker that was taken over.
   *
   * @param pidfd ours to close, or to hand to {@code LinuxWorkers.adopt}
   */
  public record Worker(long serial, ProcessId id, int generation, int pidfd) {}

  private final Libc libc;
  private final ProcFs proc;
  private final StateFolder folder;
  private final int ourUserId;

  public Adoption(Libc libc, ProcFs proc, StateFolder folder) {
    this.libc = libc;
    this.proc = proc;
    this.folder = folder;
    this.ourUserId = folder.ourUserId();
  }

  /** Which boot of the machine this is, for {@link SavedPool#bootId}. */
  public static String bootId() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }

  /** Reads the state of a pool and takes over what of it still runs. */
  public Result adopt(PoolName name) {
    return switch (new StateFile(folder, name).read()) {
      case StateFile.Read.Missing() -> new Result.Nothing("there is no state of an earlier one");
      case StateFile.Read.Refused(String reason) ->
          // Nobody can tell whether workers run; if they do, their socket is in use and says so.
          new Result.Nothing(reason);
      case StateFile.Read.Found(SavedPool saved) -> adopt(saved);
    };
  }

  private Result adopt(SavedPool saved) {
    try {
      if (!saved.bootId().equals(bootId())) {
        return new Result.Nothing("the machine was started anew since the last kidreaper");
      }
    } catch (IOException e) {
      return new Result.Refused("cannot tell whether the machine was started anew: " + e);
    }
    List<Worker> workers = new ArrayList<>();
    List<Listener> listeners = new ArrayList<>();
    Result result = adopt(saved, workers, listeners);
    if (!(result instanceof Result.Adopted)) {
      workers.forEach(worker -> libc.close(worker.pidfd()));
      listeners.forEach(Listener::close);
    }
    return result;
  }

  private Result adopt(SavedPool saved, List<Worker> workers, List<Listener> listeners) {
    List<SavedPool.Worker> candidates = new ArrayList<>(saved.workers());
    // With its kidreaper a template lost whoever held it, and serves.
    saved.templates().forEach(id -> candidates.add(asWorker(id, candidates)));
    for (SavedPool.Worker candidate : candidates) {
      switch (find(candidate, saved.workersUserId())) {
        case Found.Here(Worker worker) -> workers.add(worker);
        case Found.Gone() -> {}
        case Found.Unclear(String reason) -> {
          return new Result.Refused(
              "worker %d of the last kidreaper cannot be taken over: %s"
                  .formatted(candidate.id().pid(), reason));
        }
      }
    }
    if (workers.isEmpty()) {
      return new Result.Nothing("none of the last kidreaper's workers is left");
    }
    for (SavedPool.Listening listening : saved.listeners()) {
      switch (takeBack(listening, workers)) {
        case Back.Ours(Listener listener) -> listeners.add(listener);
        case Back.Refused(String reason) -> {
          return workers.stream().allMatch(worker -> libc.pollReadable(worker.pidfd(), 0) == 1)
              ? new Result.Nothing("the last kidreaper's last workers have just ended")
              : new Result.Refused(reason);
        }
      }
    }
    return new Result.Adopted(workers, listeners, saved);
  }

  private static SavedPool.Worker asWorker(ProcessId template, List<SavedPool.Worker> workers) {
    long serial = workers.stream().mapToLong(SavedPool.Worker::serial).max().orElse(0) + 1;
    int generation = workers.stream().mapToInt(SavedPool.Worker::generation).max().orElse(1);
    return new SavedPool.Worker(template, serial, generation);
  }

  private sealed interface Found {
    record Here(Worker worker) implements Found {}

    record Gone() implements Found {}

    record Unclear(String reason) implements Found {}
  }

  private Found find(SavedPool.Worker saved, int workersUserId) {
    int pid = saved.id().pid();
    int pidfd = libc.pidfdOpen(pid);
    if (pidfd < 0) {
      return pidfd == -Errno.ESRCH || pidfd == -Errno.EINVAL
          ? new Found.Gone()
          : new Found.Unclear("pidfd_open: " + Errno.describe(-pidfd));
    }
    // Only now: the descriptor is bound to whoever has the pid, and this tells whether it is the
    // one.
    Found found = identify(saved, pidfd, workersUserId);
    if (!(found instanceof Found.Here)) {
      libc.close(pidfd);
    }
    return found;
  }

  private Found identify(SavedPool.Worker saved, int pidfd, int workersUserId) {
    ProcessId id = saved.id();
    return switch (proc.stat(id.pid())) {
      case ProcRead.Gone<StatFile>() -> new Found.Gone();
      case ProcRead.Failed<StatFile>(String reason) -> new Found.Unclear(reason);
      case ProcRead.Found<StatFile>(StatFile stat)
          when stat.startTicks() != id.startTicks() || stat.ended() ->
          new Found.Gone();
      case ProcRead.Found<StatFile> _ ->
          switch (proc.status(id.pid())) {
            case ProcRead.Gone<StatusFile>() -> new Found.Gone();
            case ProcRead.Failed<StatusFile>(String reason) -> new Found.Unclear(reason);
            case ProcRead.Found<StatusFile>(StatusFile status)
                when status.effectiveUserId() != ourUserId
                    && status.effectiveUserId() != workersUserId ->
                new Found.Unclear(
                    "it runs as user %d, neither ours (%d) nor its pool's (%d)"
                        .formatted(status.effectiveUserId(), ourUserId, workersUserId));
            case ProcRead.Found<StatusFile> _ ->
                new Found.Here(new Worker(saved.serial(), id, saved.generation(), pidfd));
          };
    };
  }

  private sealed interface Back {
    record Ours(Listener listener) implements Back {}

    record Refused(String reason) implements Back {}
  }

  /**
   * A worker may have moved the socket to another descriptor or have closed it, so it is looked for
   * by its number, in one worker after another.
   */
  private static Back takeBack(SavedPool.Listening listening, List<Worker> workers) {
    String why = "no worker holds it, or none lets us look (root may; see kidreaper doctor)";
    for (Worker worker : workers) {
      OptionalInt theirs = Listeners.descriptorOf(worker.id().pid(), listening.socketInode());
      if (theirs.isPresent()) {
        switch (Listeners.takeBack(worker.pidfd(), theirs.getAsInt(), listening.file())) {
          case Opened.Open(Listener listener)
              when listener.address().equals(listening.address()) -> {
            return new Back.Ours(listener);
          }
          case Opened.Open(Listener listener) -> {
            why = "the socket of that number listens on " + listener;
            listener.close();
          }
          case Opened.Refused(String reason) -> why = reason;
        }
      }
    }
    return new Back.Refused(
        "the listening socket %s cannot be taken back from the last kidreaper's workers, which serve on: %s"
            .formatted(listening.address(), why));
  }
}
