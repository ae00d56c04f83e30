package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starlet, a PSGI server on Parallel::Prefork; it knows unix and IPv4 sockets. */
public record Starlet() implements Server {
  private static final Traits TRAITS =
      Traits.of("starlet", Protocol.HTTP, Sockets.UNIX_OR_TCP4).preloading();

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    dir.resource("perl/Bed.pm");
    Path application = dir.resource("perl/bed.psgi");
    List<Object> words =
        new ArrayList<>(
            List.of("plackup", "-s", "Starlet", "-E", "deployment", "-I", dir.path("perl")));
    // Its workers leave by themselves after 100 requests if it is not told otherwise.
    words.addAll(List.of("--max-workers", workers, "--max-reqs-per-child", 1_000_000_000));
    switch (listen) {
      case Listen.Unix(var path) -> words.addAll(List.of("--socket", path));
      case Listen.Tcp(var host, var port) -> words.addAll(List.of("--host", host, "--port", port));
    }
    words.add(application);
    return Launch.of(Command.of(words.toArray()));
  }
}
