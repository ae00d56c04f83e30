package io.kidreaper.explain;

import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcRead;
import io.kidreaper.linux.StatFile;
import io.kidreaper.linux.WorkerLook;
import io.kidreaper.memory.Composition;
import io.kidreaper.memory.Footing;
import io.kidreaper.memory.Rollup;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.testbed.TempDir;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A worker that does on request what moves memory ({@code events.c}), and readings of it. */
final class Events implements AutoCloseable {
  private final TempDir dir;
  private final Process parent;
  private final PrintWriter commands;
  private final BufferedReader answers;
  private final ProcFs proc = new ProcFs(new NativeLibc(), Path.of("/proc"));
  private final WorkerLook look = new WorkerLook(proc);
  private final ProcessId worker;

  private Events(TempDir dir, List<String> command) {
    this.dir = dir;
    try {
      this.parent =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      dir.close();
      throw new UncheckedIOException(e);
    }
    this.commands = new PrintWriter(parent.outputWriter(StandardCharsets.UTF_8), true);
    this.answers = parent.inputReader(StandardCharsets.UTF_8);
    int pid = Integer.parseInt(answer().split(" ", -1)[1]);
    if (!(proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat))) {
      throw new IllegalStateException("no worker " + pid);
    }
    this.worker = new ProcessId(pid, stat.startTicks());
  }

  /** In C, Perl or PHP, with so many megabytes filled before the fork. */
  static Events in(String language, int megabytes, int siblings) {
    TempDir dir = TempDir.create("events");
    String size = Integer.toString(megabytes);
    String others = Integer.toString(siblings);
    return new Events(
        dir,
        switch (language) {
          case "C" -> List.of(compiled(dir), size, others);
          case "Perl" -> List.of("perl", script(dir, "events.pl"), size, others);
          case "PHP" -> List.of("php", script(dir, "events.php"), size, others);
          default -> throw new IllegalArgumentException(language);
        });
  }

  private static String script(TempDir dir, String name) {
    return dir.resource("/explain/" + name, name).toString();
  }

  private static String compiled(TempDir dir) {
    Path source = dir.resource("/explain/events.c", "events.c");
    Path program = dir.path("events");
    try {
      Process gcc =
          new ProcessBuilder("gcc", "-O1", "-Wall", "-o", program.toString(), source.toString())
              .inheritIO()
              .start();
      if (gcc.waitFor() != 0) {
        throw new IllegalStateException("gcc could not compile " + source);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return program.toString();
  }

  private String answer() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException("the worker has ended");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has one event done. */
  void happen(String event) {
    commands.println(event);
    String answer = answer();
    if (!answer.equals("ok")) {
      throw new IllegalStateException(event + ": " + answer);
    }
  }

  /** What the worker grew by while these happened. */
  Growth growth(GrowthCauses.Sharers ended, String... events) {
    Footing before = footing();
    Stream.of(events).forEach(this::happen);
    return GrowthCauses.of(before, footing(), ended);
  }

  Footing footing() {
    if (look.composition(worker)
        instanceof WorkerLook.Result.Seen<Composition>(Composition memory, long faults, long _)) {
      return Footing.of(memory, faults, System.nanoTime());
    }
    throw new IllegalStateException("the worker cannot be read");
  }

  long privateBytes() {
    if (look.sums(worker)
        instanceof WorkerLook.Result.Seen<Rollup>(Rollup memory, long _, long _)) {
      return memory.privateBytes();
    }
    throw new IllegalStateException("the worker cannot be read");
  }

  ProcessId worker() {
    return worker;
  }

  @Override
  public void close() {
    commands.close();
    try {
      parent.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      parent.destroyForcibly();
      dir.close();
    }
  }
}
