package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Nobody;
import io.kidreaper.command.Program;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.server.Managed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * A directory in which {@code kidreaper run} is started by hand, usually over {@code
 * resources/managed/worker.pl}. Whatever was started in it bears a mark and ends with it, daemons
 * and workers without a kidreaper too.
 */
final class LinePool implements AutoCloseable {
  private final Site site;
  private final List<Object> wrapper = new ArrayList<>();
  private final List<Object> options = new ArrayList<>();
  private List<?> command;
  private Path home;
  private boolean addressSaid = true;

  private LinePool(Site site) {
    this.site = site;
    this.command = worker();
    this.home = site.dir().path(".").normalize();
  }

  static LinePool open() {
    return new LinePool(Site.open("run"));
  }

  Site site() {
    return site;
  }

  Path path(String name) {
    return site.dir().path(name);
  }

  /** Its usual socket. */
  Path socket() {
    return home.resolve("s");
  }

  /** The same as an ordinary user, with socket and state in a folder of that user's. */
  LinePool asNobody() {
    home = Nobody.owns(site.dir().directory("nobody"));
    List<String> words = Program.of("true").asNobody().words();
    return under(words.subList(0, words.size() - 1).toArray());
  }

  /** The command that its workers usually run. */
  List<?> worker() {
    return List.of("perl", site.dir().resource("/managed/worker.pl", "worker.pl"));
  }

  /** The same with words before kidreaper: programs that become it. */
  LinePool under(Object... words) {
    wrapper.addAll(List.of(words));
    return this;
  }

  LinePool with(Object... more) {
    options.addAll(List.of(more));
    return this;
  }

  /** The same without any {@code --listen}. */
  LinePool withoutAddress() {
    addressSaid = false;
    return this;
  }

  LinePool running(Object... words) {
    command = List.of(words);
    return this;
  }

  /** All words of the command line; the usual socket is listened on unless another is said. */
  Program program() {
    List<Object> words = new ArrayList<>(wrapper);
    words.addAll(List.of(Kidreaper.ROOT.resolve("kidreaper"), "run", "--name", "line"));
    if (!options.contains("--listen") && addressSaid) {
      words.addAll(List.of("--listen", "unix:" + socket()));
    }
    if (!options.contains("--state")) {
      words.addAll(List.of("--state", home.resolve("state")));
    }
    words.addAll(options);
    words.add("--");
    words.addAll(command);
    return Program.of(words.toArray())
        .with("PATH", Kidreaper.pathWithoutMaven())
        .with(Managed.MARK, site.dir());
  }

  /** Starts it in the foreground, in a session of its own. */
  Running start() {
    Program program = program();
    return new Running(
        this, site.run("kidreaper", new Command(program.words(), program.environment())));
  }

  /** Starts it and waits until so many workers are ready. */
  Running startReady(int workers) {
    with("--workers", workers);
    Running running = start();
    running.awaitReady(workers);
    return running;
  }

  /** Asks a worker one line at the usual socket. */
  String ask(String line) {
    return LineClient.ask(new Listen.Unix(socket()), line);
  }

  CompletableFuture<String> askLater(String line) {
    return LineClient.askLater(new Listen.Unix(socket()), line);
  }

  /** Waits for a file to hold a text. */
  void awaitIn(Path file, String regex) {
    Pattern pattern = Pattern.compile(regex);
    until(site, () -> Files.exists(file) && pattern.matcher(read(file)).find());
  }

  static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it is not there, or not any more
    }
  }

  /** The processes that bear the mark. */
  List<ProcessInfo> marked() {
    String mark = "\0" + Managed.MARK + "=" + site.dir() + "\0";
    return ProcessInfo.all().stream()
        .filter(ProcessInfo::isAlive)
        .filter(it -> ("\0" + read(Path.of("/proc/" + it.pid() + "/environ"))).contains(mark))
        .toList();
  }

  @Override
  public void close() {
    try {
      List<ProcessInfo> left = marked();
      while (!left.isEmpty()) {
        left.forEach(it -> ProcessHandle.of(it.pid()).ifPresent(ProcessHandle::destroyForcibly));
        left = marked();
      }
    } finally {
      site.close();
    }
  }

  /** One that has been started and is the leader of its session. */
  record Running(LinePool pool, Session session) {
    int pid() {
      return session.pid();
    }

    /** What runs as a worker, newborns that are still becoming one too. */
    List<Integer> workers() {
      return ProcessInfo.childrenOf(pid()).stream().map(ProcessInfo::pid).toList();
    }

    String log() {
      return session.wholeLog();
    }

    boolean isAlive() {
      return session.isAlive();
    }

    void signal(String name) {
      Signals.send(pid(), name);
    }

    void awaitReady(int workers) {
      awaitLog("(?s)(is ready after.*){" + workers + "}");
    }

    void awaitLog(String regex) {
      Pattern pattern = Pattern.compile(regex);
      until(
          pool.site,
          () -> {
            boolean found = pattern.matcher(log()).find();
            if (!found && !isAlive() && !pattern.matcher(log()).find()) {
              throw new AssertionError("it ended without " + regex + ":\n" + log());
            }
            return found;
          });
    }

    void awaitEnd() {
      until(pool.site, () -> !isAlive());
    }
  }
}
