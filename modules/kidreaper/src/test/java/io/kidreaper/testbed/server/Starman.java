package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;

/** starman, a PSGI server on Net::Server::PreFork. */
public record Starman() implements Server {
  private static final Traits TRAITS =
      Traits.of("starman", Protocol.HTTP, Sockets.UNIX_OR_TCP4).retiredBy("HUP").preloading();

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    dir.resource("perl/Bed.pm");
    Path application = dir.resource("perl/bed.psgi");
    Path pidfile = dir.path("starman.pid");
    // Its workers leave by themselves after 1,000 requests if it is not told otherwise.
    return Launch.of(
            Command.of(
                "starman",
                "--preload-app",
                "--workers",
                workers,
                "--max-requests",
                1_000_000_000,
                "--listen",
                listen.hostAndPort(),
                "--backlog",
                1024,
                "--pid",
                pidfile,
                "-I",
                dir.path("perl"),
                application))
        .pidfile(pidfile);
  }
}
