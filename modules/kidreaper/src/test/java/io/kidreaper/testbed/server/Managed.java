package io.kidreaper.testbed.server;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A FastCGI program under {@code kidreaper run}, which is the manager of its workers.
 *
 * @param options of {@code run}, beyond those for socket, number and name
 * @param wrapper words before it: programs that become it
 */
public record Managed(
    String name, Function<TempDir, Program> program, List<String> options, List<String> wrapper)
    implements Server {
  /** A variable that all of its workers have, with the directory of the test as its value. */
  public static final String MARK = "KIDREAPER_TEST_BED";

  public Managed {
    options = List.copyOf(options);
    wrapper = List.copyOf(wrapper);
  }

  private Managed(String name, Function<TempDir, Program> program) {
    this(name, program, List.of(), List.of());
  }

  /**
   * What is run.
   *
   * @param script the value of SCRIPT_FILENAME, for programs that are told by it what to run
   */
  public record Program(Command command, Optional<Path> script) {}

  /** A script with nothing but FCGI.pm. */
  public static Managed bareFcgi() {
    return new Managed(
        "fcgi.pm",
        dir -> {
          dir.resource("perl/Bed.pm");
          dir.resource("perl/BedFcgi.pm");
          return plain("perl", dir.resource("perl/bare.pl"));
        });
  }

  /** The same, and each worker needs 64 MiB before it serves. */
  public static Managed fat() {
    return new Managed(
        "fat",
        dir -> {
          dir.resource("perl/Bed.pm");
          dir.resource("perl/BedFcgi.pm");
          return plain("perl", dir.resource("perl/fat.pl"));
        });
  }

  /** A Catalyst application on descriptor 0, its own manager off. */
  public static Managed catalyst() {
    return new Managed(
        "catalyst",
        dir -> {
          dir.resource("perl/Bed.pm");
          dir.resource("perl/TestBed/lib/TestBed.pm");
          dir.resource("perl/TestBed/lib/TestBed/Controller/Root.pm");
          return plain("perl", dir.resource("perl/TestBed/script/testbed_fastcgi.pl"), "-e");
        });
  }

  /** php-cgi without children of its own, and without its own limit of 500 requests. */
  public static Managed phpCgi() {
    return new Managed(
        "php-cgi",
        dir -> {
          Path script = dir.resource("php/index.php");
          Command php = Php.command(dir, "php-cgi").with("PHP_FCGI_MAX_REQUESTS", 0);
          return new Program(php, Optional.of(script));
        });
  }

  /** A program in C around libfcgi. */
  public static Managed libFcgi() {
    return new Managed(
        "libfcgi",
        dir -> {
          Path source = dir.resource("c/bed.c");
          Path bed = dir.path("c/bed");
          Command.of("gcc", "-O1", "-o", bed, source, "-lfcgi").runIn(dir.path("."));
          return plain(bed);
        });
  }

  /** fcgiwrap, which runs a CGI program for each request. */
  public static Managed fcgiwrap() {
    return new Managed(
        "fcgiwrap",
        dir -> {
          dir.resource("perl/Bed.pm");
          Path script = dir.resource("perl/bed.cgi");
          Command.of("chmod", "755", script).runIn(dir.path("."));
          return new Program(Command.of("/usr/sbin/fcgiwrap", "-f"), Optional.of(script));
        });
  }

  /** The same with more options of {@code run}. */
  public Managed with(String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return new Managed(name, program, all, wrapper);
  }

  /** The same, all workers forked from a template. */
  public Managed forked() {
    return with("--spawn", "fork");
  }

  /** The same with words before it: a program that becomes it. */
  public Managed after(String... words) {
    return new Managed(name, program, options, List.of(words));
  }

  /** The same with tracefs, where requests are counted, mounted for it alone. */
  public Managed withTracefs() {
    return new Managed(
        name,
        program,
        options,
        List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount -t tracefs tracefs /sys/kernel/tracing && exec \"$@\"",
            "sh"));
  }

  /** The command that runs it; the same again is what follows it after its end. */
  public Command command(TempDir dir, Listen listen, int workers) {
    return command(dir, listen, workers, program.apply(dir));
  }

  @Override
  public Traits traits() {
    return Traits.of("run-" + name, Protocol.FASTCGI, Sockets.ALL);
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    Program run = program.apply(dir);
    Launch launch = Launch.of(command(dir, listen, workers, run));
    return run.script().isPresent() ? launch.script(run.script().get()) : launch;
  }

  private Command command(TempDir dir, Listen listen, int workers, Program run) {
    List<Object> words = new ArrayList<>(wrapper);
    words.addAll(List.of(Kidreaper.ROOT.resolve("kidreaper"), "run"));
    words.addAll(List.of("--listen", address(listen), "--workers", workers, "--name", name));
    words.addAll(List.of("--state", state(dir), "--env", MARK + "=" + dir.path(".")));
    words.addAll(options);
    words.add("--");
    words.addAll(run.command().words());
    return new Command(Command.of(words.toArray()).words(), run.command().environment());
  }

  /** Where its state and its control socket are. */
  public static Path state(TempDir dir) {
    return dir.path("state");
  }

  private static String address(Listen listen) {
    return switch (listen) {
      case Listen.Unix(Path path) -> "unix:" + path;
      case Listen.Tcp tcp -> tcp.hostAndPort();
    };
  }

  private static Program plain(Object... words) {
    return new Program(Command.of(words), Optional.empty());
  }
}
