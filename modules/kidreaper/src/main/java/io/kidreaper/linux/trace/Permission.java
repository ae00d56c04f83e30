package io.kidreaper.linux.trace;

import io.kidreaper.linux.Libc;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds out why a process may not be traced, and what would help. */
final class Permission {
  private static final int CAP_SYS_PTRACE = 19;

  private final Proc proc;
  private final Libc libc;

  Permission(Proc proc, Libc libc) {
    this.proc = proc;
    this.libc = libc;
  }

  /**
   * @param errno positive, what {@code PTRACE_SEIZE} failed with
   */
  NotReached whyNot(int pid, int errno) {
    Optional<TaskStatus> status = proc.status(pid);
    OptionalLong tracer = status.map(TaskStatus::tracerPid).orElse(OptionalLong.empty());
    if (tracer.isPresent() && tracer.getAsLong() != 0) {
      return new NotReached.AlreadyTraced((int) tracer.getAsLong());
    }
    return new NotReached.NotPermitted(errno, advice(pid, status));
  }

  private String advice(int pid, Optional<TaskStatus> status) {
    if (pid == ProcessHandle.current().pid()) {
      return "a process cannot trace itself";
    }
    String scope =
        proc.text(proc.root().resolve("sys/kernel/yama/ptrace_scope")).orElse("").strip();
    if (scope.equals("3")) {
      return "kernel.yama.ptrace_scope is 3, which forbids tracing until the next boot";
    }
    int self = (int) ProcessHandle.current().pid();
    boolean capable =
        proc.status(self).map(mine -> mine.hasCapability(CAP_SYS_PTRACE)).orElse(false);
    if (capable) {
      return "although this process has CAP_SYS_PTRACE: look for a security module, a seccomp"
          + " filter of the container, or a user namespace of the target's own";
    }
    OptionalLong owner = status.map(TaskStatus::effectiveUid).orElse(OptionalLong.empty());
    if (owner.isPresent() && owner.getAsLong() != libc.effectiveUserId()) {
      return "it runs as uid "
          + owner.getAsLong()
          + " and this process as uid "
          + libc.effectiveUserId()
          + ": run as that user or as root, or with CAP_SYS_PTRACE";
    }
    if (scope.equals("1") || scope.equals("2")) {
      return "kernel.yama.ptrace_scope is "
          + scope
          + ": run with CAP_SYS_PTRACE, or set it to 0 with sysctl";
    }
    return "it has changed its user or group, or is protected from tracing:"
        + " run as root or with CAP_SYS_PTRACE";
  }
}
