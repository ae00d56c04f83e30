package io.kidreaper.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LogQueueTest {
  private final List<String> written = new CopyOnWriteArrayList<>();

  @Test
  void writesInOrderAndWhatWaitsWhenItIsClosed() {
    try (LogQueue queue = new LogQueue(written::add, 1_000_000)) {
      for (int i = 0; i < 1_000; i++) {
        queue.offer("line " + i);
      }
    }
    assertThat(written).hasSize(1_000).startsWith("line 0").endsWith("line 999");
  }

  @Test
  void aLogThatHangsHoldsUpNobodyAndTheGapIsNoted() {
    CountDownLatch open = new CountDownLatch(1);
    LogQueue queue =
        new LogQueue(
            line -> {
              try {
                open.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
              written.add(line);
            },
            100);
    for (int i = 0; i < 1_000; i++) {
      queue.offer("ten chars!");
    }
    assertThat(queue.lost()).isBetween(980L, 999L);
    long lost = queue.lost();
    open.countDown();
    await().until(() -> written.stream().filter("ten chars!"::equals).count() == 1_000 - lost);
    queue.offer("on");
    await().until(() -> written.getLast().equals("on"));
    // One gap or two: the writer may have met the first lost lines before it hung.
    assertThat(
            written.stream()
                .filter(line -> line.endsWith(" lines are missing here: the log did not take them"))
                .mapToLong(line -> Long.parseLong(line.split(" ", 3)[1]))
                .sum())
        .isEqualTo(lost);
    queue.close();
    assertThat(queue.lost()).isEqualTo(lost);
  }

  @Test
  void aFullDiskCostsLinesAndTheirNumberIsToldOnceThereIsRoom() {
    AtomicBoolean full = new AtomicBoolean(true);
    try (LogQueue queue =
        new LogQueue(
            line -> {
              if (full.get()) {
                throw new IOException("No space left on device");
              }
              written.add(line);
            },
            1_000_000)) {
      for (int i = 0; i < 7; i++) {
        queue.offer("lost");
      }
      await().until(() -> queue.lost() == 7);
      full.set(false);
      queue.offer("back");
      await().until(() -> written.size() == 2);
    }
    assertThat(written)
        .containsExactly("kidreaper: 7 lines are missing here: the log did not take them", "back");
  }
}
