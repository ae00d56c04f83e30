package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;

/** unicorn, which loads the application before it forks. */
public record Unicorn() implements Server {
  private static final Traits TRAITS =
      Traits.of("unicorn", Protocol.HTTP, Sockets.ALL).retiredBy("QUIT").preloading();

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    Path application = dir.resource("ruby/config.ru");
    Path pidfile = dir.path("unicorn.pid");
    Path config =
        dir.write(
            "ruby/unicorn.rb",
            """
            worker_processes %d
            preload_app true
            listen "%s", backlog: 1024
            pid "%s"
            """
                .formatted(workers, listen.hostAndPort(), pidfile));
    return Launch.of(Command.of("unicorn", "-E", "none", "-c", config, application))
        .pidfile(pidfile);
  }
}
