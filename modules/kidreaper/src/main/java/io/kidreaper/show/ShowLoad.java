package io.kidreaper.show;

import io.kidreaper.demo.Body;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Some clients that ask one request after the other, with a rest in between: mostly small pages, a
 * slow one now and then, and many that make their worker leak. Bounded: it ends when it is stopped.
 */
final class ShowLoad {
  private static final int CLIENTS = 8;

  /** Between two requests of a client, so that a small machine is not busy with the load alone. */
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(35);

  /** What one request to /leak adds to its worker. */
  static final int LEAK_KB = 384;

  private static final int SLOW_MILLIS = 40;

  private final InetSocketAddress server;
  private final Tally tally;
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopped;

  private ShowLoad(InetSocketAddress server, Tally tally) {
    this.server = server;
    this.tally = tally;
  }

  static ShowLoad start(InetSocketAddress server, Tally tally) {
    ShowLoad load = new ShowLoad(server, tally);
    for (int i = 0; i < CLIENTS; i++) {
      Random random = new Random(i);
      load.clients.add(
          Thread.ofPlatform().daemon().name("demo-client-" + i).start(() -> load.ask(random)));
    }
    return load;
  }

  private void ask(Random random) {
    while (!stopped) {
      long start = System.nanoTime();
      Optional<String> loss = one(random);
      if (loss.isPresent()) {
        tally.lost(loss.get());
      } else {
        tally.answered(System.nanoTime() - start);
      }
      LockSupport.parkNanos(REST_NANOS);
    }
  }

  private Optional<String> one(Random random) {
    int kind = random.nextInt(100);
    if (kind < 30) {
      return HttpCall.get(server, "/leak?kb=" + LEAK_KB, is("leaked " + LEAK_KB + "\n"));
    }
    if (kind < 50) {
      return HttpCall.get(server, "/slow?ms=" + SLOW_MILLIS, is("slept " + SLOW_MILLIS + "\n"));
    }
    if (kind < 55) {
      return HttpCall.get(
          server,
          "/unshare?kb=64",
          body -> new String(body, StandardCharsets.ISO_8859_1).matches("unshared \\d+\n"));
    }
    int bytes = random.nextInt(20_000);
    int seed = random.nextInt(1_000_000);
    return HttpCall.get(
        server,
        "/?bytes=" + bytes + "&seed=" + seed,
        body -> Arrays.equals(body, Body.of(bytes, seed)));
  }

  private static java.util.function.Predicate<byte[]> is(String text) {
    return body -> Arrays.equals(body, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Ends it after the requests under way. */
  void stop() {
    stopped = true;
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
