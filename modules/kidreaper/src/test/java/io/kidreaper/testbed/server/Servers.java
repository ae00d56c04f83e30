package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Server;
import java.util.List;

/** Every server of the test bed. */
public final class Servers {
  private Servers() {}

  /** One of each kind, in the order of docs and reports. */
  public static List<Server> all() {
    return List.of(new ProcManager(), new Catalyst());
  }
}
