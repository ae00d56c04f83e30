package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;

/** A puma cluster whose workers have one thread for requests each, and others of their own. */
public record Puma() implements Server {
  private static final Traits TRAITS = Traits.of("puma", Protocol.HTTP, Sockets.ALL).preloading();

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    Path application = dir.resource("ruby/config.ru");
    Path pidfile = dir.path("puma.pid");
    Path config =
        dir.write(
            "ruby/puma.rb",
            """
            workers %d
            threads 1, 1
            preload_app!
            environment "none"
            bind "%s%s"
            pidfile "%s"
            """
                .formatted(
                    workers,
                    listen instanceof Listen.Unix ? "unix://" : "tcp://",
                    listen.hostAndPort(),
                    pidfile));
    return Launch.of(Command.of("puma", "-C", config, application)).pidfile(pidfile);
  }
}
