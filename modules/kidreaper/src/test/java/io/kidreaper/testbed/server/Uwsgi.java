package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;

/** uWSGI with its master, speaking the uwsgi protocol. */
public record Uwsgi() implements Server {
  private static final Traits TRAITS =
      Traits.of("uwsgi", Protocol.UWSGI, Sockets.ALL).retiredBy("HUP").preloading();

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    Path application = dir.resource("python/bed.py");
    Path pidfile = dir.path("uwsgi.pid");
    return Launch.of(
            Command.of(
                "uwsgi",
                "--plugin",
                "python3",
                "--master",
                "--need-app",
                "--die-on-term",
                "--disable-logging",
                "--processes",
                workers,
                "--socket",
                listen.hostAndPort(),
                "--listen",
                1024,
                "--pidfile",
                pidfile,
                "--wsgi-file",
                application))
        .pidfile(pidfile);
  }
}
