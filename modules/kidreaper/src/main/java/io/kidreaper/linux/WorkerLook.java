package io.kidreaper.linux;

import io.kidreaper.memory.Composition;
import io.kidreaper.memory.Rollup;
import io.kidreaper.pool.ProcessId;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads one process's memory in full, or its sums, with the count of its page faults. Both readings
 * walk its page tables, and its own calls that map and unmap memory may wait meanwhile.
 */
public final class WorkerLook {
  private final ProcFs proc;

  public WorkerLook(ProcFs proc) {
    this.proc = proc;
  }

  /**
   * What came of a look.
   *
   * @param <T> what was read
   */
  public sealed interface Result<T> {
    /**
     * @param minorFaults pages that the process was given without a disk being read, since its
     *     start
     * @param nanos how long the costly file took to read
     */
    record Seen<T>(T memory, long minorFaults, long nanos) implements Result<T> {}

    /** It has ended, or the pid is another's now. */
    record Vanished<T>() implements Result<T> {}

    record Unreadable<T>(String reason) implements Result<T> {}
  }

  /** Every mapping, summed by kind. */
  public Result<Composition> composition(ProcessId worker) {
    return look(worker, proc::smaps);
  }

  /** The sums only, which the kernel adds up itself. */
  public Result<Rollup> sums(ProcessId worker) {
    return look(worker, proc::smapsRollup);
  }

  /** The names, without folders, of the shared libraries that a process has mapped. */
  public Set<String> libraries(ProcessId worker) {
    return switch (proc.bytes(worker.pid() + "/maps")) {
      case ProcRead.Found<byte[]>(byte[] maps) ->
          new String(maps, StandardCharsets.ISO_8859_1)
              .lines()
              .map(line -> line.substring(line.lastIndexOf('/') + 1))
              .filter(name -> name.contains(".so"))
              .collect(Collectors.toSet());
      case ProcRead.Gone<byte[]> _, ProcRead.Failed<byte[]> _ -> Set.of();
    };
  }

  private interface Reader<T> {
    ProcRead<T> read(int pid);
  }

  private <T> Result<T> look(ProcessId worker, Reader<T> reader) {
    long startNanos = System.nanoTime();
    ProcRead<T> memory = reader.read(worker.pid());
    long nanos = System.nanoTime() - startNanos;
    // Afterwards, so that the process that is still there is the one that was read.
    if (!(proc.stat(worker.pid()) instanceof ProcRead.Found<StatFile>(StatFile stat))
        || stat.startTicks() != worker.startTicks()
        || stat.ended()) {
      return new Result.Vanished<>();
    }
    return switch (memory) {
      case ProcRead.Found<T>(T value) -> new Result.Seen<>(value, stat.minorFaults(), nanos);
      case ProcRead.Gone<T>() -> new Result.Vanished<>();
      case ProcRead.Failed<T>(String reason) -> new Result.Unreadable<>(reason);
    };
  }
}
