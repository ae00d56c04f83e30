package io.kidreaper.cli;

import io.kidreaper.watch.AttachedSettings;
import io.kidreaper.watch.Bulletin;
import io.kidreaper.watch.WatchEvent;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs the commands of {@code --on-event}, one after another, on a thread of its own. Each gets its
 * event as JSON on its standard input and has 10 s. Nobody waits for it: where commands are slower
 * than events come, events are left out, and that is said.
 */
final class EventCommands implements AutoCloseable {
  private static final int MOST_WAITING = 256;
  private static final long TIME_LIMIT_SECONDS = 10;
  private static final String OWN_KIND = "event-command";

  private record Job(String command, WatchEvent event) {}

  private final Bulletin bulletin;
  private final Map<String, String> environment;
  private final BlockingQueue<Job> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong leftOut = new AtomicLong();
  private final Thread thread;
  private volatile Map<String, String> commands = Map.of();
  private volatile boolean closing;

  EventCommands(Bulletin bulletin, Map<String, String> environment) {
    this.bulletin = bulletin;
    this.environment = environment;
    this.thread = Thread.ofPlatform().name("kidreaper-on-event").daemon().start(this::run);
  }

  /** From now on these pools' commands are run. */
  void follow(List<AttachedSettings> pools) {
    Map<String, String> next = new TreeMap<>();
    pools.forEach(pool -> pool.onEvent().ifPresent(command -> next.put(pool.name(), command)));
    commands = Map.copyOf(next);
  }

  /** Has the command of its pool run. Comes back at once. */
  void hear(WatchEvent event) {
    if (event.pool().isEmpty() || event.kind().equals(OWN_KIND)) {
      return;
    }
    String command = commands.get(event.pool().get());
    if (command != null && !waiting.offer(new Job(command, event))) {
      leftOut.incrementAndGet();
    }
  }

  private void run() {
    try {
      while (!closing) {
        run(waiting.take());
        // Only while many wait is any left out, so this is come to.
        long missed = leftOut.getAndSet(0);
        if (missed > 0) {
          bulletin.tell(
              OWN_KIND, missed + " events were left out: commands of --on-event are too slow");
        }
      }
    } catch (InterruptedException e) {
      // The wish to end, and nobody else's.
      Thread.currentThread().interrupt();
    }
  }

  private void run(Job job) throws InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-c", job.command())
            .redirectOutput(new File("/dev/null"))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().keySet().retainAll(environment.keySet());
    // They would let a command speak to the supervisor in our name.
    builder.environment().remove("NOTIFY_SOCKET");
    try {
      Process process = builder.start();
      try {
        // A command that does not read is no reason to wait: an event fits into a pipe.
        try (OutputStream input = process.getOutputStream()) {
          input.write((LogForm.json(job.event()) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
          // It ended, or closed its input, without reading: its right.
        }
        if (!process.waitFor(TIME_LIMIT_SECONDS, TimeUnit.SECONDS)) {
          bulletin.tell(
              OWN_KIND,
              "the command of --on-event took longer than %d s and was ended: %s"
                  .formatted(TIME_LIMIT_SECONDS, job.command()));
        } else if (process.exitValue() != 0) {
          bulletin.tell(
              OWN_KIND,
              "the command of --on-event ended with status %d: %s"
                  .formatted(process.exitValue(), job.command()));
        }
      } finally {
        if (process.isAlive()) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
        }
      }
    } catch (IOException e) {
      bulletin.tell(OWN_KIND, "the command of --on-event cannot be run: " + e.getMessage());
    }
  }

  /** Ends; a command under way is ended too. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
