import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcPool;
import io.kidreaper.linux.ProcRead;
import io.kidreaper.linux.StatFile;
import io.kidreaper.linux.SystemFacts;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * kidreaper's own sweep, as its loop makes it: one reader of the pool that keeps its descriptors. For
 * each line of standard input it sweeps once and prints the workers read and the nanoseconds it took.
 * The argument is the manager's pid.
 */
final class WarmSweep {
  private WarmSweep() {}

  public static void main(String[] args) throws IOException {
    int pid = Integer.parseInt(args[0]);
    Libc libc = new NativeLibc();
    ProcFs proc = new ProcFs(libc, Path.of("/proc"));
    if (!(proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile manager))) {
      throw new IOException("there is no process " + pid);
    }
    ProcessId id = new ProcessId(pid, manager.startTicks());
    var turns = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    try (ProcPool pool = new ProcPool(proc, libc, SystemFacts.read(proc), id)) {
      while (turns.readLine() != null) {
        long start = System.nanoTime();
        PoolReading reading = pool.read(_ -> false);
        long nanos = System.nanoTime() - start;
        if (!(reading instanceof PoolReading.Read(var snapshot))) {
          throw new IOException("the pool could not be read: " + reading);
        }
        System.out.println(snapshot.members().size() + " " + nanos);
      }
    }
  }
}
