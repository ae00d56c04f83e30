package io.kidreaper.watch;

import io.kidreaper.linux.CpuClock;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.LinuxProcesses;
import io.kidreaper.linux.MachineNow;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.SystemFacts;
import io.kidreaper.retire.Processes;
import io.kidreaper.server.Program;
import java.nio.file.Path;

/** What one thread asks the kernel with; each thread has its own. */
record Kernel(
    Libc libc,
    ProcFs proc,
    MachineNow machine,
    SystemFacts facts,
    CpuClock cpu,
    Processes processes) {
  /** A pass over many pools takes about as long. */
  private static final long MACHINE_KEPT_MILLIS = 50;

  static Kernel open() {
    Libc libc = new NativeLibc();
    ProcFs proc = new ProcFs(libc, Path.of("/proc"));
    SystemFacts facts = SystemFacts.read(proc);
    return new Kernel(
        libc,
        proc,
        new MachineNow(proc, MACHINE_KEPT_MILLIS),
        facts,
        CpuClock.ofThread(),
        new LinuxProcesses(libc, proc, facts));
  }

  /** The same for another thread; what does not change is not read again. */
  Kernel another() {
    ProcFs own = new ProcFs(libc, Path.of("/proc"));
    return new Kernel(
        libc,
        own,
        new MachineNow(own, MACHINE_KEPT_MILLIS),
        facts,
        CpuClock.ofThread(),
        new LinuxProcesses(libc, own, facts));
  }

  /** What a process runs. */
  Program program(int pid) {
    return new Program(proc.executableName(pid), proc.arguments(pid));
  }
}
