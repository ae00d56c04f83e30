package io.kidreaper.sweep;

import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.util.List;

/**
 * A server of FCGI::ProcManager in which manager and workers write down each HUP and TERM they get.
 * They handle no other signal: any other would end them, and a process that is still the same
 * afterwards has had none.
 */
record SignalsLogged(Server server) implements Server {
  private static final String LOG = "signals";

  @Override
  public Traits traits() {
    return server.traits();
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    Resources.copy(dir, "SignalLog.pm");
    Launch launch = server.prepare(dir, listen, workers);
    return new Launch(
        launch
            .command()
            .with("PERL5OPT", "-MSignalLog")
            .with("PERL5LIB", dir.path("."))
            .with("SIGNAL_LOG", dir.path(LOG)),
        launch.pidfile(),
        launch.script());
  }

  /** What the pool's processes got until now. */
  static List<Received> of(Site site) {
    return Received.in(site.dir().path(LOG));
  }

  /** A pool of a server whose signals are logged. */
  static RunningServer start(Site site, Server server, int workers) {
    return site.start(new SignalsLogged(server), workers);
  }

  @Override
  public String toString() {
    return server.name();
  }
}
