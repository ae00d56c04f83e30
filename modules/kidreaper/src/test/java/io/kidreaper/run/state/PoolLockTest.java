package io.kidreaper.run.state;

import static io.kidreaper.run.state.Folders.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PoolLockTest {
  private static final int ME = (int) ProcessHandle.current().pid();

  @TempDir private Path parent;
  private StateFolder folder;

  @BeforeEach
  void make() {
    folder = Folders.in(parent);
  }

  private PoolLock take() {
    return ((PoolLock.Taken.Ours) PoolLock.take(folder, SHOP)).lock();
  }

  @Test
  void oneHoldsItAndTheOtherLearnsWho() {
    try (PoolLock _ = take()) {
      assertThat(PoolLock.take(folder, SHOP))
          .isEqualTo(new PoolLock.Taken.Held(OptionalInt.of(ME)));
      assertThat(PoolLock.take(folder, SHOP)).as("still").isInstanceOf(PoolLock.Taken.Held.class);
      assertThat(PoolLock.take(folder, new PoolName("other")))
          .isInstanceOfSatisfying(PoolLock.Taken.Ours.class, ours -> ours.lock().close());
    }
    take().close();
  }

  /** Java's own locks would be lost by what {@code take} does when it is held. */
  @Test
  void wantingItAgainInTheSameProcessDoesNotLoseIt() throws Exception {
    try (PoolLock _ = take()) {
      assertThat(PoolLock.take(folder, SHOP)).isInstanceOf(PoolLock.Taken.Held.class);
      assertThat(flock()).as("another process finds it held").isEqualTo(1);
    }
    assertThat(flock()).isZero();
  }

  private int flock() throws IOException, InterruptedException {
    return new ProcessBuilder("flock", "--nonblock", folder.lock(SHOP).toString(), "true")
        .start()
        .waitFor();
  }

  @Test
  void whoWaitsGetsItWhenItIsFree() {
    PoolLock lock = take();
    Thread free = Thread.ofVirtual().unstarted(lock::close);
    Thread waits =
        Thread.ofVirtual()
            .start(() -> {
              PoolLock.Taken taken = PoolLock.take(folder, SHOP, Duration.ofSeconds(30));
              ((PoolLock.Taken.Ours) taken).lock().close();
            });
    free.start();
    await().until(() -> !waits.isAlive());
    take().close();
  }

  @Test
  void whatTheFormerHolderWroteIsNoneOfTheNextOnesWords() throws IOException {
    Files.writeString(folder.lock(SHOP), "x".repeat(1000));
    try (PoolLock _ = take()) {
      assertThat(folder.lock(SHOP)).hasContent(ME + "\n");
    }
  }

  @Test
  void aLinkInItsPlaceIsNotFollowed() throws IOException {
    Path target = Files.writeString(parent.resolve("precious"), "precious");
    Files.createSymbolicLink(folder.lock(SHOP), target);
    assertThat(PoolLock.take(folder, SHOP)).isInstanceOf(PoolLock.Taken.Refused.class);
    assertThat(target).hasContent("precious");
  }
}
