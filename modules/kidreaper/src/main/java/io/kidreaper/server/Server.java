package io.kidreaper.server;

import io.kidreaper.retire.Signal;

/**
 * The servers that kidreaper knows, with the signal that retires ONE worker of each, and those that
 * cut its request if they come at any moment. docs/SIGNALS.md says how each was found out.
 */
public enum Server {
  FCGI_PROC_MANAGER("FCGI::ProcManager", Signal.HUP),
  PHP_FPM("php-fpm", Signal.QUIT),
  PHP_CGI("php-cgi", Signal.TERM),
  GUNICORN("gunicorn", Signal.TERM),
  UWSGI("uWSGI", Signal.HUP),
  UNICORN("unicorn", Signal.QUIT),
  PUMA("puma", Signal.TERM),
  STARMAN("starman", Signal.HUP),
  STARLET("plackup (Starlet)", Signal.TERM),
  APACHE("Apache prefork", Signal.USR1),
  FCGI_PM("a bare FCGI.pm script", Signal.TERM),
  LIBFCGI("a libfcgi program", Signal.USR1),
  NGINX("nginx", Signal.QUIT),
  UNKNOWN("an unknown server", Signal.HUP);

  private final String label;
  private final Signal retires;

  Server(String label, Signal retires) {
    this.label = label;
    this.retires = retires;
  }

  /** Its name for people. */
  public String label() {
    return label;
  }

  /** The signal on which one worker finishes what it has and leaves. */
  public Signal retires() {
    return retires;
  }

  /** Whether this signal, delivered at any moment, is known to end a request half-way. */
  public boolean cutAtAnyMomentBy(Signal signal) {
    return signal == Signal.KILL
        || switch (this) {
          case PHP_FPM ->
              signal == Signal.TERM
                  || signal == Signal.INT
                  || signal == Signal.USR1
                  || signal == Signal.USR2;
          case GUNICORN -> signal == Signal.QUIT || signal == Signal.INT;
          case UWSGI, NGINX -> signal == Signal.TERM || signal == Signal.INT;
          case UNICORN, APACHE -> signal == Signal.TERM;
          case STARMAN -> signal == Signal.QUIT || signal == Signal.TERM;
          case FCGI_PM -> signal == Signal.HUP;
          case FCGI_PROC_MANAGER, PHP_CGI, PUMA, STARLET, LIBFCGI, UNKNOWN -> false;
        };
  }
}
