package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Server;
import java.util.List;
import java.util.stream.Stream;

/** Every server of the test bed. */
public final class Servers {
  private Servers() {}

  /**
   * One of each kind, in the order of docs and reports; only those named in the system property
   * {@code testbed.servers}, separated by commas, where it is set.
   */
  public static List<Server> all() {
    return Stream.<Server>of(
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
            new DeafWorker())
        .filter(server -> isChosen(server.name()))
        .toList();
  }

  private static boolean isChosen(String name) {
    String chosen = System.getProperty("testbed.servers", "");
    return chosen.isEmpty() || List.of(chosen.split(",", -1)).contains(name);
  }
}
