package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;

/** php-cgi that forks its children itself, as PHP_FCGI_CHILDREN says. */
public record PhpCgi() implements Server {
  private static final Traits TRAITS = Traits.of("php-cgi", Protocol.FASTCGI, Sockets.UNIX_OR_TCP4);

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    Path script = dir.resource("php/index.php");
    return Launch.of(
            Php.command(dir, "php-cgi", "-b", listen.hostAndPort())
                .with("PHP_FCGI_CHILDREN", workers)
                .with("PHP_FCGI_MAX_REQUESTS", 0))
        .script(script);
  }
}
