package io.kidreaper.managed;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.server.Managed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A site with one managed pool behind nginx. Its workers outlive their kidreaper, so they are
 * looked for by a mark in their environment and ended with the site.
 */
final class ManagedSite implements AutoCloseable {
  private final Site site;
  private final Managed program;
  private final RunningServer first;
  private final Nginx nginx;
  private final List<Session> successors = new ArrayList<>();

  private ManagedSite(Site site, Managed program, int workers) {
    this.site = site;
    this.program = program;
    this.first = site.start(program, workers);
    this.nginx = site.nginx(first);
  }

  static ManagedSite open(Managed program, int workers) {
    Site site = Site.open("managed");
    try {
      return new ManagedSite(site, program, workers);
    } catch (RuntimeException e) {
      endMarked(site);
      site.close();
      throw e;
    }
  }

  Site site() {
    return site;
  }

  Nginx nginx() {
    return nginx;
  }

  RunningServer pool() {
    return first;
  }

  /** Starts the same command once more, with more options. */
  Session again(String... more) {
    Command command = program.with(more).command(site.dir(), first.listen(), first.size());
    Session session = site.run("again", command);
    successors.add(session);
    return session;
  }

  /** Asks the pool, whoever keeps it now. */
  Run ctl(Object... words) {
    return Kidreaper.run(
        Stream.concat(Stream.of("ctl", "--state", Managed.state(site.dir())), Stream.of(words))
            .toArray());
  }

  /** The processes of the pool's workers, whoever their parent is. */
  List<Integer> workerPids() {
    return marked(site).stream().map(ProcessInfo::pid).toList();
  }

  /** All that the first kidreaper and its successors have said. */
  String log() {
    StringBuilder all = new StringBuilder(first.wholeLog());
    successors.forEach(session -> all.append(session.wholeLog()));
    return all.toString();
  }

  /** How often something was said. */
  int said(String regex) {
    Matcher matcher = Pattern.compile(regex).matcher(log());
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }

  @Override
  public void close() {
    try {
      // A kidreaper that still runs would start others in their places.
      if (first.isAlive()) {
        ProcessHandle.of(first.managerPid()).ifPresent(ProcessHandle::destroyForcibly);
      }
      successors.forEach(Session::close);
      endMarked(site);
    } finally {
      site.close();
    }
  }

  private static void endMarked(Site site) {
    for (int round = 0; round < 50 && !marked(site).isEmpty(); round++) {
      marked(site)
          .forEach(
              process -> ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly));
    }
  }

  private static List<ProcessInfo> marked(Site site) {
    String mark = "\0" + Managed.MARK + "=" + site.dir().path(".") + "\0";
    return ProcessInfo.all().stream()
        .filter(ProcessInfo::isAlive)
        .filter(process -> environment(process.pid()).contains(mark))
        .toList();
  }

  private static String environment(int pid) {
    try {
      return "\0"
          + Files.readString(Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended
    }
  }
}
