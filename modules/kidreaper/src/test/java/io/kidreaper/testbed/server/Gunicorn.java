package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;

/** gunicorn with sync workers. */
public record Gunicorn() implements Server {
  private static final Traits TRAITS =
      Traits.of("gunicorn", Protocol.HTTP, Sockets.ALL).preloading();

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    dir.resource("python/bed.py");
    Path pidfile = dir.path("gunicorn.pid");
    return Launch.of(
            Command.of(
                "gunicorn",
                "--preload",
                "--workers",
                workers,
                "--bind",
                listen instanceof Listen.Unix ? listen.nginxAddress() : listen.hostAndPort(),
                "--backlog",
                1024,
                "--pid",
                pidfile,
                "--chdir",
                dir.path("python"),
                "bed:application"))
        .pidfile(pidfile);
  }
}
