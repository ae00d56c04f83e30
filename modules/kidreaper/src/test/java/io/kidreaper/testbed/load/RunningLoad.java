package io.kidreaper.testbed.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A load that has been started. */
public final class RunningLoad implements AutoCloseable {
  private final Load load;
  private final long startNanos = System.nanoTime();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final List<Client> clients = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private RunningLoad(Load load) {
    this.load = load;
  }

  static RunningLoad start(Load load) {
    RunningLoad running = new RunningLoad(load);
    for (int number = 0; number < load.connections(); number++) {
      Client client = new Client(load, number, running);
      running.clients.add(client);
      running.threads.add(
          Thread.ofPlatform().daemon().name("load-" + number).start(client::untilDone));
    }
    return running;
  }

  /** How many requests have been answered or lost until now. */
  public int answered() {
    return answered.get();
  }

  /** Begins no more requests, waits for those that are under way, and reports. */
  public LoadReport stop() {
    stopped.set(true);
    return await();
  }

  /** Waits until the load comes to its limits, and reports. */
  public LoadReport await() {
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      stopped.set(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a load runs", e);
    }
    return LoadReport.of(clients.stream().map(Client::tally).toList(), load.seed());
  }

  /** Ends it without a report, for a test that failed meanwhile. */
  @Override
  public void close() {
    stopped.set(true);
  }

  /** Whether another request may begin; counts it if so. */
  boolean begin() {
    return !stopped.get()
        && sinceStartNanos() < load.limits().time().toNanos()
        && begun.getAndIncrement() < load.limits().requests();
  }

  void ended() {
    answered.incrementAndGet();
  }

  boolean isStopped() {
    return stopped.get();
  }

  long sinceStartNanos() {
    return System.nanoTime() - startNanos;
  }
}
