package io.kidreaper.linux.trace;

import io.kidreaper.pool.ProcessId;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Looks at a process without touching it: by {@code /proc/PID/syscall}, {@code stat}, {@code
 * status} and {@code fd} alone. The first needs the same right as tracing. Where it is missing, as
 * under {@code kernel.yama.ptrace_scope} 1, a process whose threads all sleep, not all of them in
 * something else, and that holds no accepted connection counts as idle, which is nearly as good.
 * Belongs to one thread; may be made anew for each look, but is much cheaper when kept.
 */
public final class Peek implements AutoCloseable {
  private final Proc proc;
  private final Architecture architecture;
  private final ProcessId process;
  private final ConnectionsHeld held;
  private final ListenerWait listenerWait;

  /** For looks at one process on this machine. */
  public static Peek at(ProcessId process) {
    return new Peek(Proc.REAL, Architecture.ofThisMachine(), process);
  }

  Peek(Proc proc, Architecture architecture, ProcessId process) {
    this.proc = proc;
    this.architecture = architecture;
    this.process = process;
    this.held =
        new ConnectionsHeld(
            proc.root(), process.pid(), architecture, new SocketTables(proc.root(), process.pid()));
    this.listenerWait =
        new ListenerWait(
            architecture,
            held,
            new EpollSets(proc, process.pid()),
            (address, buffer) ->
                new NativePtraceCalls().readMemory(process.pid(), address, buffer));
  }

  /** What it does now. */
  public Look now() {
    Optional<TaskStat> stat = proc.stat(process.pid());
    if (stat.isEmpty() || stat.get().ended() || stat.get().startTicks() != process.startTicks()) {
      return new Look.Gone();
    }
    if (stat.get().state() == 'T') {
      return new Look.Stopped();
    }
    OptionalLong tracer =
        proc.status(process.pid()).map(TaskStatus::tracerPid).orElse(OptionalLong.empty());
    if (tracer.isPresent() && tracer.getAsLong() != 0) {
      return new Look.Traced((int) tracer.getAsLong());
    }
    // First the calls, then the connections: a worker that accepts in between is seen to hold one,
    // while the other order could show one that has closed its last and accepted the next as idle.
    Optional<Blocked> blocked = Blocked.look(proc, architecture, process.pid());
    return switch (held.now()) {
      case Holding.Connections(int connections) -> new Look.Holds(connections);
      case Holding.Nothing() ->
          blocked.map(this::atListener).orElse(false) ? new Look.Idle() : new Look.Between();
      case Holding.Unclear(Holding.Why why) -> new Look.Unclear(why);
    };
  }

  /**
   * How many connections accepted from its listening sockets it holds, whether or not somebody
   * holds it; empty where that cannot be told.
   */
  public OptionalInt connections() {
    return switch (held.now()) {
      case Holding.Connections(int connections) -> OptionalInt.of(connections);
      case Holding.Nothing() -> OptionalInt.of(0);
      case Holding.Unclear(Holding.Why _) -> OptionalInt.empty();
    };
  }

  private boolean atListener(Blocked blocked) {
    return blocked.unseen() > 0 || blocked.waits().stream().anyMatch(listenerWait::isOf);
  }

  @Override
  public void close() {
    held.close();
  }
}
