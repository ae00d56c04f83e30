package io.kidreaper.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.ByteSize;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CommandJsonTest {
  static Stream<ControlCommand> commands() {
    return Stream.of(
        new ControlCommand.Status(),
        new ControlCommand.Events(0, false),
        new ControlCommand.Events(50, true),
        new ControlCommand.Restart(),
        new ControlCommand.First(4720),
        new ControlCommand.Retire(4711),
        new ControlCommand.Scale(0),
        new ControlCommand.SetLimit(new ByteSize(157_286_400)),
        new ControlCommand.SetLimit(new ByteSize(1), Optional.of("shop")),
        new ControlCommand.Pause(Optional.of("shop")),
        new ControlCommand.Pause(Optional.empty()),
        new ControlCommand.Resume(Optional.of("shop")),
        new ControlCommand.Resume(Optional.empty()),
        new ControlCommand.Reload(),
        new ControlCommand.Stop(false),
        new ControlCommand.Stop(true),
        new ControlCommand.Takeover(1));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandIsReadAsItWasWritten(ControlCommand command) {
    String line = CommandJson.write(command);

    assertThat(line).doesNotContain("\n");
    assertThat(CommandJson.read(line)).isEqualTo(new CommandJson.Read.Command(command));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                         | has no \"command\"",
        "{\"command\":5}                            | is no text",
        "stop                                       | is not JSON",
        "{\"command\":\"halt\"}                     | there are status, events, first, restart",
        "{\"command\":\"stop\",\"nwo\":true}        | has no \"nwo\"",
        "{\"command\":\"stop\",\"now\":\"yes\"}     | neither true nor false",
        "{\"command\":\"restart\",\"pid\":5}        | has no \"pid\"",
        "{\"command\":\"retire\"}                   | has no \"pid\"",
        "{\"command\":\"retire\",\"pid\":0}         | \"pid\" that is not from 1",
        "{\"command\":\"retire\",\"pid\":-1}        | \"pid\" that is not from 1",
        "{\"command\":\"retire\",\"pid\":4294967297} | \"pid\" that is not from 1",
        "{\"command\":\"scale\",\"workers\":-1}     | not from 0 to 10000",
        "{\"command\":\"scale\",\"workers\":10001}  | not from 0 to 10000",
        "{\"command\":\"scale\",\"workers\":1.5}    | not whole",
        "{\"command\":\"limit\",\"bytes\":0}        | at least 1",
        "{\"command\":\"limit\",\"bytes\":\"1M\"}   | no whole number",
        "{\"command\":\"events\",\"last\":-1}       | not from 0",
        "{\"command\":\"takeover\"}                 | has no \"pid\"",
      })
  void whatIsNoCommandIsRefusedWithItsFault(String line, String why) {
    assertThat(CommandJson.read(line))
        .isInstanceOfSatisfying(
            CommandJson.Read.Refused.class, refused -> assertThat(refused.reason()).contains(why));
  }
}
