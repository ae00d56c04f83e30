package io.kidreaper.run.state;

import static io.kidreaper.run.state.Folders.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StateWriterTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path parent;
  private StateFolder folder;
  private final List<String> log = new CopyOnWriteArrayList<>();

  @BeforeEach
  void make() {
    folder = Folders.in(parent);
  }

  private StateWriter writer(Duration tryAgain) {
    return new StateWriter(folder, SHOP, log::add, tryAgain);
  }

  private StateFile.Read read() {
    return new StateFile(folder, SHOP).read();
  }

  private static StateFile.Read found(int... workers) {
    return new StateFile.Read.Found(Folders.pool(workers));
  }

  /** Something that cannot be removed like a file stands where the new file is to be written. */
  private Path block() throws IOException {
    Path inTheWay = Files.createDirectory(folder.path().resolve(".shop.json.new"));
    Files.writeString(inTheWay.resolve("x"), "");
    return inTheWay;
  }

  /** In one step: a folder that were emptied first would be removed by the writer itself. */
  private void unblock(Path block) throws IOException {
    Files.move(block, parent.resolve("out-of-the-way"));
  }

  @Test
  void theLatestStateIsOnDiskInTheEnd() throws InterruptedException {
    try (StateWriter writer = writer(LONG)) {
      assertThat(writer.awaitWritten(Duration.ZERO)).as("nothing to write").isTrue();
      for (int pid = 4701; pid <= 5700; pid++) {
        writer.save(Folders.pool(pid));
      }
      assertThat(writer.awaitWritten(LONG)).isTrue();
      assertThat(read()).isEqualTo(found(5700));
    }
    assertThat(log).isEmpty();
  }

  @Test
  void whatWasSavedBeforeTheEndIsWritten() {
    try (StateWriter writer = writer(LONG)) {
      writer.save(Folders.pool(4720));
    }
    assertThat(read()).isEqualTo(found(4720));
  }

  @Test
  void aFailureIsToldOnceAndSoIsItsEnd() throws Exception {
    Path block = block();
    try (StateWriter writer = writer(Duration.ofMillis(1))) {
      writer.save(Folders.pool(4720));
      await().atMost(LONG).until(() -> log.size() == 1);
      for (int pid = 4701; pid <= 4800; pid++) {
        writer.save(Folders.pool(pid));
        assertThat(writer.awaitWritten(Duration.ofMillis(1))).isFalse();
      }
      assertThat(log)
          .singleElement()
          .asString()
          .contains(folder.state(SHOP).toString(), "cannot be written", "tried again");
      unblock(block);
      assertThat(writer.awaitWritten(LONG)).isTrue();
      assertThat(read()).isEqualTo(found(4800));
      assertThat(log).hasSize(2);
      assertThat(log.getLast()).contains("written again");
    }
  }

  @Test
  void atTheEndAFailedWriteIsTriedOnceMore() throws Exception {
    Path block = block();
    try (StateWriter writer = writer(Duration.ofHours(1))) {
      writer.save(Folders.pool(4720));
      await().atMost(LONG).until(() -> log.size() == 1);
      unblock(block);
    }
    assertThat(read()).isEqualTo(found(4720));
  }

  @Test
  void andTheEndDoesNotWaitForADiskThatTakesNothing() throws Exception {
    Path block = block();
    try (StateWriter writer = writer(Duration.ofHours(1))) {
      writer.save(Folders.pool(4720));
    }
    assertThat(read()).isEqualTo(new StateFile.Read.Missing());
    assertThat(log).hasSize(1);
    unblock(block);
  }

  @Test
  void whenThePoolHasEndedNothingIsLeft() {
    StateWriter writer = writer(LONG);
    writer.save(Folders.pool(4720));
    writer.remove();
    assertThat(read()).isEqualTo(new StateFile.Read.Missing());
    writer.save(Folders.pool(4721));
    writer.close();
    assertThat(read()).isEqualTo(new StateFile.Read.Missing());
  }
}
