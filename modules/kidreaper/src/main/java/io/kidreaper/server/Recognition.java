package io.kidreaper.server;

import java.util.Optional;

/** Recognises a pool's server by its worker's and its manager's process. */
public final class Recognition {
  private Recognition() {}

  /** What a pool is. */
  public sealed interface Result {
    record Known(Server server) implements Result {}

    /**
     * No signal to a worker's pid is safe there.
     *
     * @param name the server
     * @param instead what to use instead, as a sentence
     */
    record HandsOff(String name, String instead) implements Result {}
  }

  public static Result recognise(Program manager, Program worker) {
    return handsOff(manager, worker)
        .<Result>map(hands -> hands)
        .orElseGet(() -> new Result.Known(server(manager, worker)));
  }

  private static Optional<Result.HandsOff> handsOff(Program manager, Program worker) {
    if (worker.runs("postgres") || worker.titleStarts("postgres:")) {
      return Optional.of(
          new Result.HandsOff(
              "PostgreSQL",
              "A backend belongs to one client's session: close it there, or use"
                  + " pg_terminate_backend() and idle_session_timeout."));
    }
    if (worker.titleStarts("[celery") || worker.names("celery") || manager.names("celery")) {
      return Optional.of(
          new Result.HandsOff(
              "celery", "Set worker_max_memory_per_child or worker_max_tasks_per_child."));
    }
    if (worker.titleStarts("Passenger") || manager.titleStarts("Passenger")) {
      return Optional.of(
          new Result.HandsOff(
              "Passenger",
              "Set passenger_max_requests, or use 'passenger-config detach-process'."));
    }
    if (apache(manager) && !apache(worker)) {
      return Optional.of(
          new Result.HandsOff(
              "mod_fcgid", "Set FcgidMaxRequestsPerProcess or FcgidProcessLifeTime."));
    }
    return Optional.empty();
  }

  private static Server server(Program manager, Program worker) {
    if (worker.titleStarts("perl-fcgi") || manager.titleStarts("perl-fcgi-pm")) {
      return Server.FCGI_PROC_MANAGER;
    }
    if (worker.runs("php-fpm") || worker.titleStarts("php-fpm:")) {
      return Server.PHP_FPM;
    }
    if (worker.runs("php-cgi")) {
      return Server.PHP_CGI;
    }
    if (worker.titleStarts("gunicorn: ") || worker.names("gunicorn")) {
      return Server.GUNICORN;
    }
    if (worker.executable().startsWith("uwsgi") || worker.titleStarts("uwsgi")) {
      return Server.UWSGI;
    }
    if (worker.titleStarts("unicorn") || worker.names("unicorn")) {
      return Server.UNICORN;
    }
    if (worker.titleStarts("puma")) {
      return Server.PUMA;
    }
    if (worker.titleStarts("starman") || worker.names("starman")) {
      return Server.STARMAN;
    }
    // plackup hides which server it runs behind a title of its own name. Those of its servers that
    // fork workers and give them no other title (Starlet, Gazelle) are alike in this.
    if (worker.names("plackup")) {
      return Server.STARLET;
    }
    if (apache(worker)) {
      return Server.APACHE;
    }
    if (worker.runs("nginx") || worker.titleStarts("nginx: ")) {
      return Server.NGINX;
    }
    return underMultiwatch(manager, worker);
  }

  /** multiwatch starts any FastCGI program; what it is decides. */
  private static Server underMultiwatch(Program manager, Program worker) {
    if (!manager.runs("multiwatch")) {
      return Server.UNKNOWN;
    }
    return worker.runs("perl") ? Server.FCGI_PM : Server.LIBFCGI;
  }

  private static boolean apache(Program program) {
    return program.runs("apache") || program.runs("httpd");
  }
}
