package io.kidreaper.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.json.JsonFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyJsonTest {
  private static final Pattern KEY = Pattern.compile("\"([A-Za-z]+)\":");

  static Stream<Reply> replies() {
    return Stream.of(
        new Reply.Pool(Statuses.full("shop")),
        new Reply.Pool(Statuses.bare("shop")),
        new Reply.Pool(Statuses.attached("shop")),
        new Reply.Event(Statuses.event("two\nlines and \u001b[2J")),
        new Reply.Event(new HistoryEvent(Instant.EPOCH, "stopped", "", OptionalInt.empty())),
        new Reply.First(Statuses.first("shop")),
        new Reply.Missed(7),
        new Reply.Done("that is all"),
        new Reply.Refused("no"));
  }

  @ParameterizedTest
  @MethodSource("replies")
  void everyReplyIsReadAsItWasWritten(Reply reply) throws JsonFault {
    String line = ReplyJson.write(reply);

    assertThat(line).doesNotContain("\n", "\u001b");
    assertThat(ReplyJson.read(line)).isEqualTo(reply);
  }

  @Test
  void whatWasNotReadHasNoKey() {
    assertThat(ReplyJson.write(new Reply.Pool(Statuses.bare("shop"))))
        .doesNotContain("Bytes", "requests", "age", "leaving", "null")
        .contains("\"limits\":{}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"reply\":\"song\"}",
        "{\"reply\":\"missed\"}",
        "{\"reply\":\"event\",\"time\":\"noon\",\"kind\":\"a\",\"text\":\"b\"}"
      })
  void whatIsNoReplyIsRefused(String line) {
    assertThatThrownBy(() -> ReplyJson.read(line)).isInstanceOf(JsonFault.class);
  }

  /** The page names every key, command, state and kind of line that there is. */
  @Test
  void thePageTellsAll() throws IOException {
    String page = Files.readString(Path.of("..", "..", "docs", "CONTROL.md"));
    Stream.concat(
            replies().map(ReplyJson::write), CommandJsonTest.commands().map(CommandJson::write))
        .flatMap(line -> KEY.matcher(line).results())
        .map(match -> match.group(1))
        // These are reasons, of which new ones may come.
        .filter(key -> !Set.of("limit", "age").contains(key))
        .forEach(key -> assertThat(page).contains("`" + key + "`"));
    for (PoolStatus.State state : PoolStatus.State.values()) {
      assertThat(page).contains("`" + state.word() + "`");
    }
    for (WorkerStatus.State state : WorkerStatus.State.values()) {
      assertThat(page).contains("`" + state.name().toLowerCase(Locale.ROOT) + "`");
    }
    for (String word :
        new String[] {
          "status",
          "events",
          "restart",
          "retire",
          "scale",
          "limit",
          "stop",
          "takeover",
          "pool",
          "event",
          "missed",
          "done",
          "refused"
        }) {
      assertThat(page).contains("`" + word + "`");
    }
  }
}
