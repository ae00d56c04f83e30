package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;

/** php-fpm with a fixed number of children. */
public record PhpFpm() implements Server {
  private static final Traits TRAITS =
      Traits.of("php-fpm", Protocol.FASTCGI, Sockets.ALL).retiredBy("QUIT");

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    Path script = dir.resource("php/index.php");
    Path pidfile = dir.path("php-fpm.pid");
    Path config =
        dir.write(
            "php/php-fpm.conf",
            """
            [global]
            pid = %s
            error_log = /proc/self/fd/2
            daemonize = no
            [pool]
            user = root
            group = root
            listen = %s
            listen.backlog = 1024
            pm = static
            pm.max_children = %d
            catch_workers_output = yes
            """
                .formatted(pidfile, listen.hostAndPort(), workers));
    return Launch.of(
            Php.command(
                dir,
                Programs.firstOf("/usr/sbin/php-fpm*"),
                "--nodaemonize",
                "--allow-to-run-as-root",
                "--fpm-config",
                config))
        .pidfile(pidfile)
        .script(script);
  }
}
