package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.watch.WatchEvent;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LogFormTest {
  private static final WatchEvent EVENT =
      new WatchEvent(
          Instant.parse("2026-11-26T02:25:16.533Z"),
          Optional.of("shop"),
          "away",
          "is \"away\":\nfor now",
          OptionalInt.of(7));

  @Test
  void eachFormIsOneLine() {
    assertThat(LogForm.TEXT.line(EVENT, false)).endsWith(" shop is \"away\": for now");
    assertThat(LogForm.LOGFMT.line(EVENT, false))
        .isEqualTo(
            "time=2026-11-26T02:25:16.533Z level=warning pool=shop event=away pid=7"
                + " msg=\"is \\\"away\\\": for now\"");
    assertThat(LogForm.JSON.line(EVENT, false))
        .isEqualTo(
            "{\"time\":\"2026-11-26T02:25:16.533Z\",\"level\":\"warning\",\"pool\":\"shop\","
                + "\"event\":\"away\",\"pid\":7,\"text\":\"is \\\"away\\\":\\nfor now\"}");
  }

  @Test
  void theJournalGetsThePriorityAndMarksTheTimeItself() {
    assertThat(LogForm.TEXT.line(EVENT, true)).isEqualTo("<4>shop is \"away\": for now");
    assertThat(LogForm.LOGFMT.line(EVENT, true)).startsWith("<4>level=warning pool=shop");
  }

  @Test
  void aParentsJournalIsNotOurs() {
    assertThat(LogForm.isJournal(Map.of())).isFalse();
    assertThat(LogForm.isJournal(Map.of("JOURNAL_STREAM", "1:2"))).isFalse();
  }

  @Test
  void aWordIsAFormAndAnythingElseAFile() {
    assertThat(LogForm.named("logfmt")).contains(LogForm.LOGFMT);
    assertThat(LogForm.named("/var/log/kr.log")).isEmpty();
  }
}
