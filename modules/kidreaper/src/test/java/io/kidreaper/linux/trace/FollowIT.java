package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.pool.ProcessId;
import java.io.File;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Following a worker from request to request. */
class FollowIT {
  private static final Duration LONG = Duration.ofSeconds(20);

  /** Hears so many requests, and then has enough. */
  private static final class Hearing implements VisitListener {
    private final List<String> heads = new ArrayList<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final int most;

    Hearing(int most) {
      this.most = most;
    }

    @Override
    public void begins() {
      begun.set(true);
    }

    @Override
    public boolean visited(byte[] head, int length, int connections, long nanos) {
      heads.add(new String(head, 0, length, StandardCharsets.UTF_8).strip());
      return heads.size() < most;
    }
  }

  @Test
  void whatAWorkerReadsIsHeardRequestByRequest() throws Exception {
    try (TestPool pool = TestPool.serve("tcp4:127.0.0.1:0", "accept");
        Tracer tracer = Tracer.start()) {
      ProcessId worker = pool.ready();
      Hearing hearing = new Hearing(3);
      CompletableFuture<Held<FollowEnd>> followed =
          CompletableFuture.supplyAsync(
              () -> tracer.follow(worker, LONG, LONG, Cancel.NEVER, hearing));
      await().atMost(LONG).until(hearing.begun::get);
      for (String request : List.of("one", "two", "three")) {
        assertThat(pool.ask(request)).isEqualTo(worker.pid() + " " + request);
      }
      Held<FollowEnd> end = followed.get();

      assertThat(end).isInstanceOf(Held.Done.class);
      assertThat(((Held.Done<FollowEnd>) end).result().why()).isEqualTo(FollowEnd.Why.DONE);
      assertThat(hearing.heads).containsExactly("one", "two", "three");
      await().atMost(LONG).until(() -> TestPool.free(worker));
      assertThat(pool.ask("after")).isEqualTo(worker.pid() + " after");
    }
  }

  @Test
  void itEndsByItselfAndWhenNobodyWantsItAnyMore() throws Exception {
    try (TestPool pool = TestPool.serve("tcp4:127.0.0.1:0", "accept");
        Tracer tracer = Tracer.start()) {
      ProcessId worker = pool.ready();
      assertThat(
              why(
                  tracer.follow(
                      worker, LONG, Duration.ofMillis(200), Cancel.NEVER, new Hearing(9))))
          .isEqualTo(FollowEnd.Why.TIME);
      Hearing hearing = new Hearing(9);
      assertThat(why(tracer.follow(worker, LONG, LONG, hearing.begun::get, hearing)))
          .isEqualTo(FollowEnd.Why.CANCELLED);
      assertThat(pool.ask("after")).isEqualTo(worker.pid() + " after");
    }
  }

  @Test
  void aWorkerOfSeveralThreadsIsLeftAlone() throws Exception {
    try (TestPool pool = TestPool.serve("tcp4:127.0.0.1:0", "accept", "threads=4");
        Tracer tracer = Tracer.start()) {
      ProcessId worker = pool.ready();
      assertThat(why(tracer.follow(worker, LONG, LONG, Cancel.NEVER, new Hearing(1))))
          .isEqualTo(FollowEnd.Why.THREADS);
      assertThat(pool.ask("after")).isEqualTo(worker.pid() + " after");
    }
  }

  /** SIGKILL to kidreaper between two requests and within one: the worker serves on, untraced. */
  @Test
  void theWorkerServesOnWhenKidreaperIsKilled() throws Exception {
    try (TestPool pool = TestPool.serve("tcp4:127.0.0.1:0", "accept")) {
      ProcessId worker = pool.ready();
      int idle = descriptors(worker);
      for (boolean within : new boolean[] {false, true}) {
        Process kidreaper = FollowMain.start(worker);
        try {
          assertThat(kidreaper.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("begun");
          assertThat(pool.ask("one")).isEqualTo(worker.pid() + " one");
          if (within) {
            await().atMost(LONG).until(() -> descriptors(worker) == idle);
            try (Socket client = pool.connect()) {
              await().atMost(LONG).until(() -> descriptors(worker) > idle);
              kidreaper.destroyForcibly().waitFor();
              await().atMost(LONG).until(() -> TestPool.free(worker));
              TestPool.send(client, "request");
              assertThat(TestPool.answer(client)).isEqualTo(worker.pid() + " request");
            }
          }
        } finally {
          kidreaper.destroyForcibly().waitFor();
        }
        await().atMost(LONG).until(() -> TestPool.free(worker));
        assertThat(pool.ask("after")).isEqualTo(worker.pid() + " after");
      }
      assertThat(pool.workers()).containsExactly(worker.pid());
    }
  }

  private static int descriptors(ProcessId worker) {
    return Objects.requireNonNull(new File("/proc/" + worker.pid() + "/fd").list()).length;
  }

  private static FollowEnd.Why why(Held<FollowEnd> end) {
    return ((Held.Done<FollowEnd>) end).result().why();
  }
}
