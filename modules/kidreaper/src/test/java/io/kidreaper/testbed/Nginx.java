package io.kidreaper.testbed;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** An nginx of one's own in front of one pool, started by a {@link Site}, which ends it. */
public final class Nginx {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final Session session;
  private final int port;

  private Nginx(Session session, int port) {
    this.session = session;
    this.port = port;
  }

  static Nginx start(Site site, RunningServer pool, NginxOptions options) {
    String name = "nginx-" + pool.name();
    TempDir dir = site.dir();
    Path prefix = dir.directory(name);
    dir.directory(name + "/tmp");
    int port = FreePort.next();
    Path config = dir.write(name + "/nginx.conf", NginxConfig.of(pool, options, port));
    Session session =
        site.run(name, Command.of("nginx", "-p", prefix + "/", "-c", config, "-e", "stderr"));
    Nginx nginx = new Nginx(session, port);
    Listen.Tcp listen = new Listen.Tcp("127.0.0.1", port);
    try {
      Awaitility.await()
          .atMost(START_LIMIT)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .failFast("nginx ended", () -> !session.isAlive())
          .until(listen::isListening);
    } catch (RuntimeException e) {
      throw new IllegalStateException("nginx has not started. Its log:\n" + session.log(), e);
    }
    return nginx;
  }

  /** Where it takes requests, by HTTP/1.1. */
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  /** The lines of its error log; none when all went well. */
  public List<String> errors() {
    return session
        .wholeLog()
        .lines()
        .filter(line -> line.matches(".*\\[(error|crit|alert|emerg)] .*"))
        .toList();
  }
}
