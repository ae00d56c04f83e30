package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.SocketKind;
import io.kidreaper.testbed.TempDir;
import java.nio.file.Path;
import java.util.Set;

/** A Perl script that calls FCGI::ProcManager itself. */
public record ProcManager() implements Server {
  @Override
  public String name() {
    return "procmanager";
  }

  @Override
  public Protocol protocol() {
    return Protocol.FASTCGI;
  }

  @Override
  public Set<SocketKind> sockets() {
    return Sockets.UNIX_OR_TCP4;
  }

  @Override
  public String retireSignal() {
    return "HUP";
  }

  @Override
  public boolean preloads() {
    return true;
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
