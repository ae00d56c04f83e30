package io.kidreaper.linux;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What this machine and this user permit, found out by asking the kernel for the very thing where
 * that touches nobody, and by its settings where it would.
 */
public final class Rights {
  private static final List<Path> TRACEFS =
      List.of(Path.of("/sys/kernel/tracing"), Path.of("/sys/kernel/debug/tracing"));
  private static final String ACCEPT_EVENT = "events/syscalls/sys_exit_accept4/id";
  private static final int CAP_SYS_ADMIN = 21;
  private static final int CAP_PERFMON = 38;

  private final Libc libc;
  private final ProcFs proc;

  public Rights(Libc libc, ProcFs proc) {
    this.libc = libc;
    this.proc = proc;
  }

  /** What came of asking for one right. */
  public sealed interface Answer {
    record Granted(String detail) implements Answer {}

    /**
     * @param remedy what to change, as a sentence
     */
    record Denied(String detail, String remedy) implements Answer {}
  }

  /** Reading what a process's memory is made of. */
  public Answer readMemory(int pid) {
    return switch (proc.smapsRollup(pid)) {
      case ProcRead.Found<?> _ ->
          new Answer.Granted("smaps_rollup of process " + pid + " can be read");
      case ProcRead.Gone<?>() ->
          new Answer.Denied(
              "process " + pid + " has no smaps_rollup",
              "It ended, or the kernel is older than 4.14.");
      case ProcRead.Failed<?>(String reason) ->
          new Answer.Denied(reason, "Run as root or as the workers' own user.");
    };
  }

  /** Holding a process by ptrace. Its current system call may be read only by who may trace it. */
  public Answer trace(int pid) {
    String scope =
        switch (proc.bytes("sys/kernel/yama/ptrace_scope")) {
          case ProcRead.Found<byte[]>(byte[] text) ->
              "kernel.yama.ptrace_scope is " + ProcFs.text(text);
          case ProcRead.Gone<byte[]> _, ProcRead.Failed<byte[]> _ -> "this kernel has no yama";
        };
    return switch (proc.bytes(pid + "/syscall")) {
      case ProcRead.Found<byte[]> _ ->
          new Answer.Granted("process " + pid + " may be traced; " + scope);
      case ProcRead.Gone<byte[]>() ->
          new Answer.Denied(
              "process " + pid + " has ended, or the kernel lacks /proc/PID/syscall",
              "Ask about a living process.");
      case ProcRead.Failed<byte[]>(String reason) ->
          new Answer.Denied(
              reason + "; " + scope,
              "Run as root or with CAP_SYS_PTRACE; as the workers' own user it takes"
                  + " kernel.yama.ptrace_scope = 0. Without it workers are retired when seen idle.");
    };
  }

  /**
   * Taking a listening socket back from a worker. The call exists; its right is that of tracing.
   */
  public Answer takeSockets() {
    int self = libc.pidfdOpen((int) ProcessHandle.current().pid());
    if (self < 0) {
      return new Answer.Denied(
          "pidfd_open: " + Errno.describe(-self),
          "It takes Linux 5.3, and no seccomp filter on it.");
    }
    try {
      int copy = libc.pidfdGetfd(self, 2);
      if (copy < 0 && copy != -Errno.EBADF) {
        return new Answer.Denied(
            "pidfd_getfd: " + Errno.describe(-copy),
            "It takes Linux 5.6, and no seccomp filter on it.");
      }
      if (copy >= 0) {
        libc.close(copy);
      }
      return new Answer.Granted("pidfd_getfd works, wherever tracing is permitted");
    } finally {
      libc.close(self);
    }
  }

  /** Counting a worker's requests by the kernel's tracepoint on accept. */
  public Answer countRequests() {
    Optional<Path> tracefs =
        TRACEFS.stream()
            .filter(folder -> Files.isReadable(folder.resolve(ACCEPT_EVENT)))
            .findFirst();
    if (tracefs.isEmpty()) {
      return new Answer.Denied(
          "no readable tracefs with the tracepoint sys_exit_accept4",
          "As root: mount -t tracefs tracefs /sys/kernel/tracing");
    }
    boolean capable =
        proc.status((int) ProcessHandle.current().pid())
                instanceof ProcRead.Found<StatusFile>(StatusFile self)
            && (self.hasCapability(CAP_PERFMON) || self.hasCapability(CAP_SYS_ADMIN));
    return capable
        ? new Answer.Granted("the tracepoint is in " + tracefs.get())
        : new Answer.Denied(
            "the tracepoint is in " + tracefs.get() + ", and this user may not use it",
            "Run as root or with CAP_PERFMON.");
  }
}
