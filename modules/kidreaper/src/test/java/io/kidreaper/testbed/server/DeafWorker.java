package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;

/** A worker that ignores every signal that can be ignored: bare FCGI.pm under multiwatch. */
public record DeafWorker() implements Server {
  private static final Traits TRAITS =
      Traits.of("deaf", Protocol.FASTCGI, Sockets.ALL).retiredBy("KILL");

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    dir.resource("perl/Bed.pm");
    dir.resource("perl/BedFcgi.pm");
    Path script = dir.resource("perl/bare.pl");
    return Launch.of(Multiwatch.command(listen, workers, "/usr/bin/perl", script, "ignore"));
  }
}
