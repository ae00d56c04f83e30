package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.pool.ProcessId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The promise itself: under a load that always has connections waiting, workers are retired one
 * after the other and every request is answered. The workers drop what they are interrupted in.
 */
class SaturatedIT {
  private static final int SIGTERM = 15;
  private static final int SIGKILL = 9;
  private static final int CLIENTS = 8;
  private static final int LOAD_MILLIS = 1500;
  private static final int RETIREMENTS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Tracer TRACER = Tracer.start();

  @AfterAll
  static void stop() {
    TRACER.close();
  }

  @ParameterizedTest
  @CsvSource({
    "unix, accept, ''",
    "tcp4:127.0.0.1:0, accept, calls=200",
    "unix, accept4, calls=200",
    "unix, poll, nonblock",
    "tcp6:::1:0, ppoll, nonblock",
    "unix, select, nonblock",
    "unix, pselect6, nonblock",
    "tcp4:0.0.0.0:0, epoll_wait, nonblock",
    "unix, epoll_pwait, nonblock",
    "unix, epoll_pwait2, nonblock",
    "unix, poll, nonblock loop",
    "unix, epoll_wait, nonblock loop"
  })
  void noRequestIsLostToTheSignal(String address, String way, String options) {
    retireUnderLoad(address, way, options + " workers=2", SIGTERM, "exit 0");
  }

  @ParameterizedTest
  @CsvSource({"unix, accept", "tcp4:127.0.0.1:0, poll"})
  void noRequestIsLostToAKillEither(String address, String way) {
    retireUnderLoad(address, way, "term=ignore workers=2", SIGKILL, "signal 9");
  }

  @ParameterizedTest
  @CsvSource({
    "accept, threads=2",
    "accept, threads=4 calls=100",
    "accept, threads=8",
    "poll, threads=4 nonblock",
    "epoll_wait, threads=3 nonblock"
  })
  void noRequestIsLostWithSeveralThreads(String way, String options) {
    retireUnderLoad("unix", way, options + " workers=2", SIGTERM, "exit 0");
    retireUnderLoad("unix", way, options + " workers=2 term=default", SIGTERM, "signal 15");
    retireUnderLoad("unix", way, options + " workers=2 term=ignore", SIGKILL, "signal 9");
  }

  /**
   * An event loop with many clients may hold some connection at every moment, and is busy then for
   * as long as that lasts. With one client a worker there are moments when it holds none. Its
   * listener must not block: where two workers share one, the slower would hang in accept with a
   * connection in hand, as any such server does, traced or not.
   */
  private static int clientsFor(String options) {
    return options.contains("loop") ? 2 : CLIENTS;
  }

  private static void retireUnderLoad(
      String address, String way, String options, int signal, String end) {
    try (TestPool pool = TestPool.serve(address, way, options.strip().split(" +", -1))) {
      ProcessId _ = pool.ready();
      TestPool.Load load = pool.load(clientsFor(options), LOAD_MILLIS);
      List<String> ends = new ArrayList<>();
      while (load.running() && ends.size() < RETIREMENTS) {
        ProcessId worker = pool.serving();
        Delivery delivery = TRACER.deliver(worker, signal, PATIENCE);
        assertThat(delivery).isInstanceOf(Delivered.class);
        ends.add(pool.awaitEnd(worker));
      }

      assertThat(load.result()).matches("answered \\d+ lost 0");
      assertThat(ends).isNotEmpty().allMatch(end::equals);
    }
  }
}
