package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;

/** A Perl script that calls FCGI::ProcManager itself. */
public record ProcManager() implements Server {
  private static final Traits TRAITS =
      Traits.of("procmanager", Protocol.FASTCGI, Sockets.UNIX_OR_TCP4)
          .retiredBy("HUP")
          .preloading();

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    dir.resource("perl/Bed.pm");
    dir.resource("perl/BedFcgi.pm");
    Path script = dir.resource("perl/procmanager.pl");
    Path pidfile = dir.path("procmanager.pid");
    return Launch.of(Command.of("perl", script, listen.hostAndPort(), workers, pidfile))
        .pidfile(pidfile);
  }
}
