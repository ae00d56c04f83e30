package io.kidreaper.cli;

import io.kidreaper.linux.ManagerCheck;
import io.kidreaper.linux.OneShotLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.VirtualSizes;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The first look of the article's form. At most of cron's calls nobody is over the limit, and then
 * nothing else has to be found out: not what the pool is, nor how a signal would get there.
 */
final class Glance {
  private static final Path PROC = Path.of("/proc");

  private Glance() {}

  /**
   * Whether it is certain that nothing is to be done or said. False says only that a sweep has to
   * look.
   */
  static boolean nobodyReaches(int managerPid, long vszBytes) {
    if (!Files.isReadable(PROC.resolve("self/stat"))) {
      return false;
    }
    ProcFs proc = new ProcFs(new OneShotLibc(), PROC);
    return new ManagerCheck(proc).check(managerPid)
            instanceof ManagerCheck.Result.Accepted(var manager, _)
        && new VirtualSizes(proc).allBelow(manager, vszBytes);
  }
}
