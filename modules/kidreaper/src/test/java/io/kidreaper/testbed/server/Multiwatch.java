package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Listen;
import java.util.ArrayList;
import java.util.List;

/** multiwatch, to which spawn-fcgi has given the listening socket as descriptor 0. */
final class Multiwatch {
  // It gives a worker up for good after so many exits within 10 s; the default, 3, is less than one
  // test retires.
  private static final int RETRIES = 1_000_000;

  private Multiwatch() {}

  /**
   * Keeps so many processes of one program, given by its whole path: multiwatch looks nowhere for
   * it. spawn-fcgi becomes multiwatch, so that its pid is the same.
   */
  static Command command(Listen listen, int workers, Object... program) {
    List<Object> words = new ArrayList<>(List.of("spawn-fcgi", "-n", "-b", 1024));
    switch (listen) {
      case Listen.Unix(var path) -> words.addAll(List.of("-s", path));
      case Listen.Tcp(var host, var port) -> words.addAll(List.of("-a", host, "-p", port));
    }
    words.addAll(List.of("--", "/usr/bin/multiwatch", "-f", workers, "-r", RETRIES, "--"));
    words.addAll(List.of(program));
    return Command.of(words.toArray());
  }
}
