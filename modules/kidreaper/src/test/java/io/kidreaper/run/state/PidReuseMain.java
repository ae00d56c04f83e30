package io.kidreaper.run.state;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * In a pid namespace of its own: a worker is adopted, ends, and another process gets its very pid
 * ({@code FOLDER}).
 */
final class PidReuseMain {
  /** Forks until a child has the pid that is asked for; that one stays until its input ends. */
  private static final String IMPOSTOR =
      """
      $| = 1; my $wanted = shift;
      for (1 .. 1000) {
        open my $f, '>', '/proc/sys/kernel/ns_last_pid' or die; print $f $wanted - 1; close $f;
        my $child = fork // die;
        if (!$child) { exit if $$ != $wanted; print "here\\n"; <STDIN>; exit }
        waitpid $child, 0;
        exit if $child == $wanted;
      }
      """;

  private PidReuseMain() {}

  public static void main(String[] args) throws Exception {
    StateFolder folder = Folders.in(Path.of(args[0]));
    Process worker = new ProcessBuilder("sleep", "60").start();
    int pid = (int) worker.pid();
    new StateFile(folder, Folders.SHOP)
        .write(
            new SavedPool(
                Folders.SHOP,
                Adoption.bootId(),
                FormerMain.identity((int) ProcessHandle.current().pid()),
                List.of("sleep", "60"),
                Folders.ME,
                List.of(),
                List.of(new SavedPool.Worker(FormerMain.identity(pid), 1, 1)),
                List.of()));
    Libc libc = new NativeLibc();
    Adoption adoption = new Adoption(libc, new ProcFs(libc, Path.of("/proc")), folder);
    System.out.println(word(adoption.adopt(Folders.SHOP)));
    worker.destroyForcibly().waitFor();

    Process impostor = new ProcessBuilder("perl", "-e", IMPOSTOR, Integer.toString(pid)).start();
    String here = impostor.inputReader(StandardCharsets.UTF_8).readLine();
    System.out.println(
        "here".equals(here) && ProcessHandle.of(pid).isPresent()
            ? "the pid is given again"
            : "the pid was not to be had");
    System.out.println(word(adoption.adopt(Folders.SHOP)));
    impostor.outputWriter(StandardCharsets.UTF_8).close();
    impostor.waitFor();
  }

  private static String word(Adoption.Result result) {
    return result.getClass().getSimpleName();
  }
}
