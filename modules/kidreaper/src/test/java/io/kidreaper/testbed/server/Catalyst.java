package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;

/** A Catalyst application under FCGI::ProcManager, by its own {@code testbed_fastcgi.pl}. */
public record Catalyst() implements Server {
  private static final Traits TRAITS =
      Traits.of("catalyst", Protocol.FASTCGI, Sockets.UNIX_OR_TCP4).retiredBy("HUP").preloading();

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    dir.resource("perl/Bed.pm");
    dir.resource("perl/TestBed/lib/TestBed.pm");
    dir.resource("perl/TestBed/lib/TestBed/Controller/Root.pm");
    Path script = dir.resource("perl/TestBed/script/testbed_fastcgi.pl");
    Path pidfile = dir.path("catalyst.pid");
    return Launch.of(
            Command.of(
                "perl", script, "-l", listen.hostAndPort(), "-n", workers, "-p", pidfile, "-e"))
        .pidfile(pidfile);
  }
}
