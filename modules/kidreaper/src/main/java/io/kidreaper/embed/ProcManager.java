package io.kidreaper.embed;

import io.kidreaper.fastcgi.FastCgiHandler;
import io.kidreaper.fastcgi.FastCgiServer;
import io.kidreaper.fastcgi.ResponderLimits;
import io.kidreaper.fastcgi.Signals;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What FCGI::ProcManager is to a Perl program: the program is started once, becomes the manager,
 * and starts itself anew as often as workers are wanted.
 *
 * <pre>{@code
 * public static void main(String[] args) throws Exception {
 *   ProcManager manager = ProcManager.builder().nProcesses(4).maxSize("200M").build();
 *   manager.manage();                                   // returns in a worker only
 *   manager.serve((request, response) -> response.send("text/plain", "hello"));
 * }
 * }</pre>
 *
 * <p>A JVM cannot be forked, so a worker is the same command line again, marked by a variable of
 * its environment. What stands before {@link #manage} is run by the manager and by each worker.
 */
public final class ProcManager {
  /** One request after another, like any prefork worker: others are free for the next one. */
  private static final ResponderLimits ONE_AT_A_TIME =
      new ResponderLimits(
          1, 1, 1, ResponderLimits.DEFAULT.maxParamsBytes(), ResponderLimits.DEFAULT.maxParams());

  private static final Set<String> LEAVE = Set.of("TERM", "HUP", "USR1");

  private final ProcManagerSettings settings;
  private final Map<String, String> environment = Map.copyOf(System.getenv());
  private volatile Optional<Duty> duty = Optional.empty();

  ProcManager(ProcManagerSettings settings) {
    this.settings = settings;
  }

  /** A manager in the making. */
  public static ProcManagerBuilder builder() {
    return new ProcManagerBuilder();
  }

  /**
   * Keeps the workers; in the manager it does not return, but ends the JVM when the pool has ended:
   * with status 0 after TERM or INT, and 1 if the pool could not be brought up. In a worker it
   * returns at once. pm_manage.
   *
   * <p>From there on TERM, HUP and USR1 end a worker as soon as no request is between {@link
   * #preDispatch} and {@link #postDispatch}.
   *
   * @throws IllegalStateException if this process was started by a worker, or its manager has ended
   */
  public void manage() {
    switch (Birth.of(environment, parentPid())) {
      case Birth.Outside() -> System.exit(new Manager(settings, environment).run());
      case Birth.Astray(String reason) -> throw new IllegalStateException(reason);
      case Birth.Worker() -> {
        Duty begun = new Duty(settings, environment, () -> Runtime.getRuntime().exit(0));
        duty = Optional.of(begun);
        Signals.handle(LEAVE, begun::leave);
      }
    }
  }

  private static long parentPid() {
    return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
  }

  /** What this process is: a worker only after {@link #manage} has returned. role. */
  public Role role() {
    return duty.isPresent() ? Role.WORKER : Role.MANAGER;
  }

  /**
   * A request begins. Only for programs that accept connections themselves; {@link #serve} and
   * {@link #dispatched} see to it. pm_pre_dispatch.
   */
  public void preDispatch() {
    worker().begin();
  }

  /**
   * A request was answered, to its last byte: the process may end here if it was told to. It counts
   * for the limit of requests. pm_post_dispatch.
   */
  public void postDispatch() {
    worker().end();
  }

  /**
   * The same handler, counted. For a {@link FastCgiServer} of one's own; that has to have {@link
   * FastCgiServer#finishOnSignals}, since a handler returns before its answer is out.
   */
  public FastCgiHandler dispatched(FastCgiHandler handler) {
    return (request, response) -> {
      worker().begin();
      try {
        handler.handle(request, response);
      } finally {
        worker().end();
      }
    };
  }

  /**
   * Serves descriptor 0, one request at a time, until the manager lets this worker go. The request
   * it is at is answered.
   */
  public void serve(FastCgiHandler handler) throws IOException, InterruptedException {
    Duty _ = worker();
    FastCgiServer server =
        FastCgiServer.builder()
            .listenInherited()
            .responder(dispatched(handler))
            .limits(ONE_AT_A_TIME)
            .start()
            .finishOnSignals(LEAVE);
    server.join();
  }

  private Duty worker() {
    return duty.orElseThrow(
        () -> new IllegalStateException("call manage() first: this is not a worker yet"));
  }
}
