package io.kidreaper.watching;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A running {@code kidreaper watch}; its {@link Site} ends it. */
final class Watching {
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final Site site;
  private final Path state;
  private final Session session;

  private Watching(Site site, Path state, Session session) {
    this.site = site;
    this.state = state;
    this.session = session;
  }

  /** Starts one that looks often, and lets everybody above 30 MB go without delay. */
  static Watching quick(Site site, Object... where) {
    List<Object> flags = new ArrayList<>(List.of(where));
    flags.addAll(List.of("--limit", "30M", "--min-age", "2s", "--pause", "0s", "--every", "100ms"));
    return start(site, flags.toArray());
  }

  /** Starts one with these flags, and waits until it watches. */
  static Watching start(Site site, Object... flags) {
    return startAfter(List.of(), site, flags);
  }

  /** The same after other words of the command line. */
  static Watching startAfter(List<String> before, Site site, Object... flags) {
    Path state = site.dir().directory("watch" + System.nanoTime());
    List<Object> words = new ArrayList<>(before);
    words.addAll(
        List.of("env", "--default-signal=HUP,INT,TERM", Kidreaper.ROOT.resolve("kidreaper")));
    words.addAll(List.of("watch", "--state", state));
    words.addAll(List.of(flags));
    Session session =
        site.run("watch", Command.of(words.toArray()).with("PATH", Kidreaper.pathWithoutMaven()));
    Watching watching = new Watching(site, state, session);
    watching.awaitSaid("watching .*process " + session.pid());
    return watching;
  }

  /** A configuration in the site's folder. */
  static Path config(Site site, String... lines) {
    return write(site.dir().directory("conf" + System.nanoTime()).resolve("kr.toml"), lines);
  }

  static Path write(Path file, String... lines) {
    try {
      return Files.writeString(file, String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it has its control socket. */
  Path state() {
    return state;
  }

  int pid() {
    return session.pid();
  }

  boolean isAlive() {
    return session.isAlive();
  }

  void signal(String name) {
    Signals.send(session.pid(), name);
  }

  /** Asks it. */
  Run ctl(Object... words) {
    return Kidreaper.run(
        Stream.concat(Stream.of("ctl", "--state", state), Stream.of(words)).toArray());
  }

  String log() {
    return session.wholeLog();
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

  /** The first number that a figure is followed by in what it said. */
  int number(String regex) {
    Matcher matcher = Pattern.compile(regex).matcher(log());
    if (!matcher.find()) {
      throw new AssertionError("never said: " + regex + "\n" + log());
    }
    return Integer.parseInt(matcher.group(1));
  }

  void awaitSaid(String regex) {
    await(() -> said(regex) > 0);
  }

  /** Waits until it is so, with all logs where it never is. */
  void await(Callable<Boolean> condition) {
    try {
      Awaitility.await()
          .atMost(LIMIT)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(site.logs(), e);
    }
  }

  /** The watch is asked to end, and does. */
  void end() {
    signal("TERM");
    await(() -> !isAlive());
  }
}
