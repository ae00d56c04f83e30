package io.kidreaper.linux.trace;

import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What the tracer costs: {@code bench/tracer [ROUNDS]}. Prints, in microseconds, how long a JVM's
 * first deliveries hold a worker, how long an idle delivery takes, and how long one request of
 * 2,000 system calls takes untraced and followed to its end.
 */
final class TracerBench {
  private static final int SIGTERM = 15;
  private static final int WARM_UP = 100;
  private static final int JVMS = 21;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private TracerBench() {}

  public static void main(String[] args) throws IOException {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 200;
    try (Tracer tracer = Tracer.start()) {
      firstHolds();
      idle(tracer, rounds);
      stepped(tracer, rounds);
    }
  }

  /** Each in a JVM of its own. */
  private static void firstHolds() throws IOException {
    for (boolean practised : new boolean[] {false, true}) {
      List<Long> first = new ArrayList<>();
      List<Long> later = new ArrayList<>();
      try (TestPool pool = TestPool.serve("unix", "accept", "term=ignore")) {
        ProcessId worker = pool.ready();
        for (int jvm = 0; jvm < JVMS; jvm++) {
          List<FirstHold.Hold> holds = FirstHold.measure(worker, practised);
          first.add(holds.getFirst().micros() * 1000);
          holds.stream().skip(1).forEach(hold -> later.add(hold.micros() * 1000));
        }
      }
      String how = practised ? ", practised" : "";
      print("first hold of a JVM" + how, first);
      print("its later holds" + how, later);
    }
  }

  private static void idle(Tracer tracer, int rounds) {
    List<Long> reached = new ArrayList<>();
    List<Long> held = new ArrayList<>();
    try (TestPool pool = TestPool.serve("unix", "accept")) {
      for (int round = -WARM_UP; round < rounds; round++) {
        ProcessId worker = waiting(pool);
        if (tracer.deliver(worker, SIGTERM, PATIENCE) instanceof Delivered(Boundary boundary)
            && round >= 0) {
          reached.add(boundary.reachedNanos());
          held.add(boundary.heldNanos());
        }
        String _ = pool.awaitEnd(worker);
      }
    }
    print("idle: call to signal", reached);
    print("idle: held still", held);
  }

  private static void stepped(Tracer tracer, int rounds) throws IOException {
    List<Long> alone = new ArrayList<>();
    List<Long> followed = new ArrayList<>();
    List<Long> stops = new ArrayList<>();
    try (TestPool pool = TestPool.serve("tcp4:127.0.0.1:0", "accept", "calls=2000")) {
      for (int round = -WARM_UP; round < rounds; round++) {
        ProcessId worker = waiting(pool);
        long before = timed(pool, () -> {});
        CompletableFuture<Delivery> delivery = new CompletableFuture<>();
        long traced =
            timed(
                pool,
                () -> {
                  delivery.completeAsync(() -> tracer.deliver(worker, SIGTERM, PATIENCE));
                  while (Proc.REAL.status(worker.pid()).orElseThrow().tracerPid().orElseThrow()
                      == 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                  }
                  LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                });
        if (delivery.join() instanceof Delivered(Boundary boundary) && round >= 0) {
          alone.add(before);
          followed.add(traced);
          stops.add(boundary.stops() * 1000L);
        }
        String _ = pool.awaitEnd(worker);
      }
    }
    print("request of 2,000 calls, untraced", alone);
    print("request of 2,000 calls, followed", followed);
    print("stops on the way", stops);
  }

  /** From the request's bytes to the whole answer; the connection is accepted before. */
  private static long timed(TestPool pool, Runnable beforeRequest) throws IOException {
    try (Socket socket = pool.connect()) {
      ProcessId worker = pool.first();
      while (!pool.holds(worker)) {
        Thread.onSpinWait();
      }
      beforeRequest.run();
      long from = System.nanoTime();
      String _ = pool.ask(socket, "x");
      return System.nanoTime() - from;
    }
  }

  private static ProcessId waiting(TestPool pool) {
    while (true) {
      List<Integer> workers = pool.workers();
      if (!workers.isEmpty()) {
        int pid = workers.getFirst();
        if (Blocked.look(Proc.REAL, Architecture.ofThisMachine(), pid)
            .map(Blocked::inWait)
            .orElse(false)) {
          return pool.first();
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static void print(String what, List<Long> nanos) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    double mean = Arrays.stream(sorted).average().orElseThrow() / 1000;
    System.out.printf(
        "%-36s n=%d mean=%.0f p50=%d p90=%d p99=%d max=%d%n",
        what, sorted.length, mean, at(sorted, 50), at(sorted, 90), at(sorted, 99), at(sorted, 100));
  }

  private static long at(long[] sorted, int percent) {
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1000;
  }
}
