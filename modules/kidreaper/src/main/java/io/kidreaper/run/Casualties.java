package io.kidreaper.run;

import java.util.concurrent.atomic.AtomicLong;

/** Requests that kidreaper itself has cut: what should stay 0. */
final class Casualties {
  private final AtomicLong requests = new AtomicLong();

  void add(int cut) {
    requests.addAndGet(cut);
  }

  long requests() {
    return requests.get();
  }
}
