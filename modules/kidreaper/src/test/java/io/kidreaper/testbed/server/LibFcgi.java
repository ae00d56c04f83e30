package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;

/** A program in C around libfcgi, under multiwatch; compiled when it is started. */
public record LibFcgi() implements Server {
  private static final Traits TRAITS =
      Traits.of("libfcgi", Protocol.FASTCGI, Sockets.ALL).retiredBy("USR1");

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    Path source = dir.resource("c/bed.c");
    Path program = dir.path("c/bed");
    Command.of("gcc", "-O1", "-o", program, source, "-lfcgi").runIn(dir.path("."));
    return Launch.of(Multiwatch.command(listen, workers, program));
  }
}
