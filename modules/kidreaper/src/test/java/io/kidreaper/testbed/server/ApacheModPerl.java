package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;

/** Apache with the prefork module and mod_perl; it listens on ports only. */
public record ApacheModPerl() implements Server {
  private static final Traits TRAITS =
      Traits.of("apache", Protocol.HTTP, Sockets.TCP).retiredBy("USR1").preloading();
  private static final String MODULES = "/usr/lib/apache2/modules";

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    dir.resource("perl/Bed.pm");
    dir.resource("perl/BedModPerl.pm");
    Path pidfile = dir.path("apache.pid");
    Path config =
        dir.write(
            "apache.conf",
            """
            ServerRoot %1$s
            ServerName localhost
            DefaultRuntimeDir %1$s
            PidFile %2$s
            ErrorLog /proc/self/fd/2
            Listen %3$s
            ListenBacklog 1024
            KeepAlive Off
            User www-data
            Group www-data
            LoadModule mpm_prefork_module %5$s/mod_mpm_prefork.so
            LoadModule authz_core_module %5$s/mod_authz_core.so
            LoadModule perl_module %5$s/mod_perl.so
            ServerLimit %4$d
            StartServers %4$d
            MinSpareServers %4$d
            MaxSpareServers %4$d
            MaxRequestWorkers %4$d
            MaxConnectionsPerChild 0
            PerlSwitches -I%1$s/perl
            PerlPostConfigRequire %1$s/perl/BedModPerl.pm
            <Location />
              SetHandler modperl
              PerlResponseHandler BedModPerl
            </Location>
            """
                .formatted(dir, pidfile, listen.hostAndPort(), workers, MODULES));
    return Launch.of(Command.of("apache2", "-DFOREGROUND", "-f", config)).pidfile(pidfile);
  }
}
