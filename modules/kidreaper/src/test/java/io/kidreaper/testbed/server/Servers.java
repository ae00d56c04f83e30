package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Server;
import java.util.List;

/** Every server of the test bed. */
public final class Servers {
  private Servers() {}

  /** One of each kind, in the order of docs and reports. */
  public static List<Server> all() {
    return List.of(
        new ProcManager(),
        new Catalyst(),
        new BareFcgi(),
        new PhpFpm(),
        new PhpCgi(),
        new Gunicorn(),
        new Uwsgi(),
        new Unicorn(),
        new Puma(),
        new Starman(),
        new Starlet(),
        new ApacheModPerl(),
        new LibFcgi(),
        new DeafWorker());
  }
}
