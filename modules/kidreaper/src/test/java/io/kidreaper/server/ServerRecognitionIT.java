package io.kidreaper.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.server.DeafWorker;
import io.kidreaper.testbed.server.Servers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every real server is recognised by its processes, and its workers get the signal they leave on.
 */
class ServerRecognitionIT {
  private static final Map<String, Server> KINDS =
      Map.ofEntries(
          Map.entry("procmanager", Server.FCGI_PROC_MANAGER),
          Map.entry("catalyst", Server.FCGI_PROC_MANAGER),
          Map.entry("multiwatch", Server.FCGI_PM),
          Map.entry("php-fpm", Server.PHP_FPM),
          Map.entry("php-cgi", Server.PHP_CGI),
          Map.entry("gunicorn", Server.GUNICORN),
          Map.entry("uwsgi", Server.UWSGI),
          Map.entry("unicorn", Server.UNICORN),
          Map.entry("puma", Server.PUMA),
          Map.entry("starman", Server.STARMAN),
          Map.entry("starlet", Server.STARLET),
          Map.entry("apache", Server.APACHE),
          Map.entry("libfcgi", Server.LIBFCGI),
          Map.entry("deaf", Server.FCGI_PM));

  private final ProcFs proc = new ProcFs(new NativeLibc(), Path.of("/proc"));

  static List<io.kidreaper.testbed.Server> servers() {
    return Servers.all();
  }

  private Program program(int pid) {
    return new Program(proc.executableName(pid), proc.arguments(pid));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void isRecognisedByAnyOfItsWorkers(io.kidreaper.testbed.Server kind) {
    Server server = Objects.requireNonNull(KINDS.get(kind.name()), kind.name());
    try (Site site = Site.open("recognise-" + kind.name())) {
      RunningServer pool = site.start(kind, 2);
      Program manager = program(pool.managerPid());

      assertThat(pool.workerPids())
          .allSatisfy(pid ->
              assertThat(Recognition.recognise(manager, program(pid)))
                  .as("%s over %s", manager, program(pid))
                  .isEqualTo(new Recognition.Result.Known(server)));
      if (!(kind instanceof DeafWorker)) {
        assertThat(server.retires().name()).isEqualTo(kind.traits().retireSignal());
      }
    }
  }
}
