package io.kidreaper.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.control.EventHistory.Follower;
import io.kidreaper.control.EventHistory.Next;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventHistoryTest {
  private final EventHistory history = new EventHistory(5);

  private static HistoryEvent event(int number) {
    return new HistoryEvent(Instant.EPOCH, "test", "event " + number, OptionalInt.empty());
  }

  private void add(int from, int to) {
    IntStream.rangeClosed(from, to).forEach(number -> history.add(event(number)));
  }

  private static List<HistoryEvent> events(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(EventHistoryTest::event).toList();
  }

  @Test
  void keepsTheLatest() {
    assertThat(history.latest(3)).isEmpty();
    add(1, 3);
    assertThat(history.latest(10)).isEqualTo(events(1, 3));
    add(4, 13);
    assertThat(history.latest(10)).isEqualTo(events(9, 13));
    assertThat(history.latest(2)).isEqualTo(events(12, 13));
    assertThat(history.latest(0)).isEmpty();
  }

  @Test
  void aFollowerSeesSomeOfThePastAndAllThatComes() throws InterruptedException {
    add(1, 4);
    Follower follower = history.follow(2);
    add(5, 6);

    for (int number = 3; number <= 6; number++) {
      assertThat(follower.next()).isEqualTo(new Next.Event(event(number)));
    }
  }

  @Test
  void aSlowFollowerLearnsHowManyItMissed() throws InterruptedException {
    Follower follower = history.follow(0);
    add(1, 12);

    assertThat(follower.next()).isEqualTo(new Next.Missed(7));
    assertThat(follower.next()).isEqualTo(new Next.Event(event(8)));
    add(13, 20);
    assertThat(follower.next()).isEqualTo(new Next.Missed(7));
    assertThat(follower.next()).isEqualTo(new Next.Event(event(16)));
  }

  @Test
  void afterTheEndTheRestIsSeenAndThenTheEnd() throws InterruptedException {
    Follower follower = history.follow(0);
    add(1, 1);
    history.end();
    add(2, 2);

    assertThat(follower.next()).isEqualTo(new Next.Event(event(1)));
    assertThat(follower.next()).isEqualTo(new Next.Ended());
    assertThat(follower.next()).isEqualTo(new Next.Ended());
    assertThat(history.latest(9)).isEqualTo(events(1, 1));
  }

  @Test
  void aWaitingFollowerIsWokenByAnEventAndByItsClose() throws Exception {
    Follower follower = history.follow(0);
    CompletableFuture<Next> first = waiting(follower);
    add(1, 1);
    assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(new Next.Event(event(1)));

    CompletableFuture<Next> second = waiting(follower);
    follower.close();
    assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(new Next.Closed());
  }

  /** Whatever it misses, what it sees and what it is told of add up to all there was. */
  @Test
  void nothingIsLostWithoutAWordHoweverFastEventsCome() throws Exception {
    int all = 20_000;
    Follower follower = history.follow(0);
    CompletableFuture<List<Next>> seen = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          List<Next> list = new ArrayList<>();
          try {
            for (Next next = follower.next();
                !(next instanceof Next.Ended);
                next = follower.next()) {
              list.add(next);
            }
            seen.complete(list);
          } catch (InterruptedException e) {
            seen.completeExceptionally(e);
          }
        });
    add(1, all);
    history.end();

    int expected = 1;
    for (Next next : seen.get(20, TimeUnit.SECONDS)) {
      if (next instanceof Next.Missed(long events)) {
        expected += (int) events;
      } else {
        assertThat(next).isEqualTo(new Next.Event(event(expected++)));
      }
    }
    assertThat(expected).isEqualTo(all + 1);
  }

  @Test
  void textsAreCut() {
    String text =
        new HistoryEvent(Instant.EPOCH, "test", "x".repeat(100_000), OptionalInt.empty()).text();
    assertThat(text).hasSize(2_001).endsWith("x…");
  }

  @Test
  void aHistoryWithoutRoomIsRefused() {
    assertThatThrownBy(() -> new EventHistory(0)).isInstanceOf(IllegalArgumentException.class);
  }

  private static CompletableFuture<Next> waiting(Follower follower) {
    CompletableFuture<Next> next = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            next.complete(follower.next());
          } catch (InterruptedException e) {
            next.completeExceptionally(e);
          }
        });
    return next;
  }
}
