package io.kidreaper.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.server.Recognition.Result;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What processes say of themselves, as noted from the real servers of Debian 12. */
class RecognitionTest {
  private static Program program(String executable, String line) {
    return new Program(executable, List.of(line.split(" ")));
  }

  /** Titles are one argument with spaces, command lines are several: both are read. */
  private static Program titled(String executable, String title) {
    return new Program(executable, List.of(title));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FCGI_PROC_MANAGER | perl        | perl-fcgi-pm                        | perl       | perl-fcgi",
        "FCGI_PROC_MANAGER | perl        | perl-fcgi-pm [TestBed]              | perl       | perl-fcgi",
        "FCGI_PROC_MANAGER | perl        | perl-fcgi-pm [TestBed]              | perl       | perl-fcgi [TestBed]",
        "PHP_FPM           | php-fpm8.2  | php-fpm: master process (/etc/x)    | php-fpm8.2 | php-fpm: pool www",
        "PHP_FPM           | php-fpm     | php-fpm                             | php-fpm    | php-fpm",
        "PHP_CGI           | php-cgi8.2  | php-cgi -b /run/php.sock            | php-cgi8.2 | php-cgi -b /run/php.sock",
        "GUNICORN          | python3.11  | /usr/bin/python3 /usr/bin/gunicorn  | python3.11 | /usr/bin/python3 /usr/bin/gunicorn -w 2 bed:app",
        "GUNICORN          | python3.11  | gunicorn: master [bed:app]          | python3.11 | gunicorn: worker [bed:app]",
        "GUNICORN          | python3.11  | python3 -m gunicorn bed:app         | python3.11 | python3 -m gunicorn bed:app",
        "UWSGI             | uwsgi-core  | uwsgi --plugin python3 --master     | uwsgi-core | uwsgi --plugin python3 --master",
        "UWSGI             | uwsgi-core  | uWSGI master                        | uwsgi-core | uWSGI worker 1",
        "UNICORN           | ruby3.1     | unicorn master -c unicorn.rb        | ruby3.1    | unicorn worker[0] -c unicorn.rb",
        "UNICORN           | ruby3.1     | unicorn_rails master                | ruby3.1    | unicorn_rails worker[3]",
        "PUMA              | ruby3.1     | puma 5.6.5 (unix:///run/p) [app]    | ruby3.1    | puma: cluster worker 0: 30282 [app]",
        "STARMAN           | perl        | starman master --workers 2          | perl       | starman worker --workers 2",
        "STARLET           | perl        | /usr/bin/plackup                    | perl       | /usr/bin/plackup",
        "APACHE            | apache2     | apache2 -DFOREGROUND                | apache2    | apache2 -DFOREGROUND",
        "APACHE            | httpd       | /usr/sbin/httpd -k start            | httpd      | /usr/sbin/httpd -k start",
        "NGINX             | nginx       | nginx: master process nginx         | nginx      | nginx: worker process",
        "FCGI_PM           | multiwatch  | /usr/bin/multiwatch -f 2 -- x.pl    | perl       | /usr/bin/perl /srv/x.pl",
        "FCGI_PM           | multiwatch  | /usr/bin/multiwatch -f 2 -- x.pl    | perl5.36.0 | perl5.36.0 /srv/x.pl",
        "LIBFCGI           | multiwatch  | /usr/bin/multiwatch -f 2 -- bed     | bed        | /srv/bed",
        "UNKNOWN           | perl        | perl prefork.pl                     | perl       | perl prefork.pl",
        "UNKNOWN           | systemd     | /lib/systemd/systemd                | sshd       | sshd: root@pts/0",
        "UNKNOWN           | bash        | bash                                | vim        | vim gunicorn.conf.py",
        "UNKNOWN           | bash        | bash                                | phpunit    | phpunit"
      })
  void isToldByItsProcesses(
      Server server, String managerFile, String manager, String workerFile, String worker) {
    Result known = new Result.Known(server);

    assertThat(Recognition.recognise(program(managerFile, manager), program(workerFile, worker)))
        .isEqualTo(known);
    if (!worker.contains("/usr/bin/gunicorn") && !worker.startsWith("python3 -m")) {
      assertThat(Recognition.recognise(titled(managerFile, manager), titled(workerFile, worker)))
          .as("as one title")
          .isEqualTo(known);
    }
  }

  /** Another user's executable cannot be read; the command line can. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FCGI_PROC_MANAGER | perl-fcgi-pm                     | perl-fcgi",
        "PHP_FPM           | php-fpm: master process (/etc/x) | php-fpm: pool www",
        "GUNICORN          | /usr/bin/gunicorn -w 2           | /usr/bin/gunicorn -w 2",
        "UWSGI             | uwsgi --master                   | uwsgi --master",
        "UNICORN           | unicorn master                   | unicorn worker[0]",
        "PUMA              | puma 5.6.5                       | puma: cluster worker 0: 30282",
        "STARMAN           | starman master                   | starman worker",
        "STARLET           | /usr/bin/plackup                 | /usr/bin/plackup",
        "NGINX             | nginx: master process nginx      | nginx: worker process",
        "UNKNOWN           | ''                               | ''"
      })
  void mostAreToldWithoutTheirExecutable(Server server, String manager, String worker) {
    assertThat(Recognition.recognise(program("", manager), program("", worker)))
        .isEqualTo(new Result.Known(server));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PostgreSQL | postgres   | /usr/lib/postgresql/15/bin/postgres | postgres   | postgres: 15/main: app db idle | pg_terminate_backend",
        "celery     | python3.11 | python3 /usr/bin/celery worker      | python3.11 | python3 /usr/bin/celery worker | worker_max_memory_per_child",
        "celery     | python3.11 | [celeryd: celery@h:MainProcess]     | python3.11 | [celeryd: celery@h:ForkPool]   | worker_max_memory_per_child",
        "Passenger  | Passenger  | Passenger core                      | ruby3.1    | Passenger RubyApp: /srv/app    | passenger_max_requests",
        "mod_fcgid  | apache2    | /usr/sbin/apache2 -k start          | perl       | perl /srv/app.fcgi             | FcgidMaxRequestsPerProcess"
      })
  void whereNoSignalIsSafeItSaysWhatToUseInstead(
      String name,
      String managerFile,
      String manager,
      String workerFile,
      String worker,
      String instead) {
    assertThat(Recognition.recognise(program(managerFile, manager), titled(workerFile, worker)))
        .isInstanceOfSatisfying(
            Result.HandsOff.class,
            hands -> {
              assertThat(hands.name()).isEqualTo(name);
              assertThat(hands.instead()).contains(instead).endsWith(".");
            });
  }

  @Test
  void aPoolOfNobodyIsUnknown() {
    Program nobody = new Program("", List.of());

    assertThat(Recognition.recognise(program("perl", "perl x.pl"), nobody))
        .isEqualTo(new Result.Known(Server.UNKNOWN));
  }
}
