package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Reading;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Roles;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.server.Program;
import io.kidreaper.server.Recognition;
import io.kidreaper.server.Server;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A pool is recognised by its workers, whoever else its manager has started. */
class PoolRecognitionTest {
  private static final int MANAGER = 9;

  private final Map<Integer, Program> programs = new HashMap<>();

  private void runs(int pid, String executable, String... words) {
    programs.put(pid, new Program(executable, List.of(words)));
  }

  private Recognition.Result recognised(Integer... workers) {
    List<ProcessId> ids =
        programs.keySet().stream()
            .filter(pid -> pid != MANAGER)
            .sorted()
            .map(pid -> new ProcessId(pid, 1))
            .toList();
    Set<Integer> wanted = Set.of(workers);
    Roles roles =
        new Roles(
            Set.copyOf(ids.stream().filter(id -> wanted.contains(id.pid())).toList()),
            Set.of(),
            true);
    Snapshot pool =
        new Snapshot(
            new ProcessId(MANAGER, 1),
            ids.stream().map(id -> new Member(id, new Reading.Vanished())).toList());
    return PoolRecognition.of(pool, pid -> Objects.requireNonNull(programs.get(pid)), () -> roles);
  }

  /** By its first child alone it would be an Apache with mod_fcgid, whose workers are refused. */
  @Test
  void aPipedLoggerDoesNotMislead() {
    runs(MANAGER, "apache2", "/usr/sbin/apache2", "-k", "start");
    runs(10, "rotatelogs", "/usr/bin/rotatelogs", "/var/log/x");
    runs(11, "apache2", "/usr/sbin/apache2", "-k", "start");
    runs(12, "apache2", "/usr/sbin/apache2", "-k", "start");

    assertThat(recognised(11, 12)).isEqualTo(new Recognition.Result.Known(Server.APACHE));
  }

  @Test
  void amongWorkersTheFirstThatIsKnownDecides() {
    runs(MANAGER, "perl", "starman master");
    runs(10, "perl", "perl");
    runs(11, "perl", "starman worker");

    assertThat(recognised(10, 11)).isEqualTo(new Recognition.Result.Known(Server.STARMAN));
  }

  @Test
  void whereAllAgreeNobodyAsksForTheirSockets() {
    runs(MANAGER, "php-fpm8.2", "php-fpm: master process");
    runs(10, "php-fpm8.2", "php-fpm: pool www");
    runs(11, "php-fpm8.2", "php-fpm: pool www");

    assertThat(recognised()).isEqualTo(new Recognition.Result.Known(Server.PHP_FPM));
  }

  @Test
  void aManagerAloneIsRecognisedByItself() {
    runs(MANAGER, "perl", "perl-fcgi-pm");

    assertThat(recognised()).isEqualTo(new Recognition.Result.Known(Server.FCGI_PROC_MANAGER));
  }
}
