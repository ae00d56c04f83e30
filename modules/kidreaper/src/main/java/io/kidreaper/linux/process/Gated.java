package io.kidreaper.linux.process;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that was started but waits with its program until the gate is opened, so that it can be
 * traced from the program's first step. The gate is a pipe that only kidreaper holds: if kidreaper
 * dies the gate is open too.
 */
public final class Gated {
  private final Spawned spawned;
  private final AtomicInteger gateFd;

  Gated(Spawned spawned, int gateFd) {
    this.spawned = spawned;
    this.gateFd = new AtomicInteger(gateFd);
  }

  /** What came of the start. */
  public Spawned spawned() {
    return spawned;
  }

  /** Lets the program begin; once is enough, and also needed where there is no process. */
  public void open() {
    int fd = gateFd.getAndSet(-1);
    if (fd >= 0) {
      ProcessCalls.close(fd);
    }
  }
}
