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
  private static final Path PROC = Path.of("/proc");

  /** A pass over many pools takes about as long. */
  private static final long MACHINE_KEPT_MILLIS = 50;

  static Kernel open() {
    Libc libc = new NativeLibc();
    return of(libc, SystemFacts.read(new ProcFs(libc, PROC)));
  }

  /** The same for another thread; what does not change is not read again. */
  Kernel another() {
    return of(libc, facts);
  }

  private static Kernel of(Libc libc, SystemFacts facts) {
    ProcFs proc = new ProcFs(libc, PROC);
    return new Kernel(
        libc,
        proc,
        new MachineNow(proc, MACHINE_KEPT_MILLIS),
        facts,
        CpuClock.ofThread(),
        new LinuxProcesses(libc, proc, facts));
  }

  /** What a process runs. */
  Program program(int pid) {
    return new Program(proc.executableName(pid), proc.arguments(pid));
  }
}
