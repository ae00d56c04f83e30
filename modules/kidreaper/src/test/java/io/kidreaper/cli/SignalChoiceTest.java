package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.retire.Signal;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class SignalChoiceTest {
  private final SignalChoice.Converter converter = new SignalChoice.Converter();

  @ParameterizedTest
  @EnumSource
  void aSignalIsReadWithAndWithoutSigInAnyCase(Signal signal) {
    SignalChoice named = new SignalChoice.Named(signal);

    assertThat(converter.convert(signal.name())).isEqualTo(named);
    assertThat(converter.convert("SIG" + signal.name())).isEqualTo(named);
    assertThat(converter.convert(signal.name().toLowerCase(Locale.ROOT))).isEqualTo(named);
    assertThat(converter.convert("Sig" + signal.name().toLowerCase(Locale.ROOT))).isEqualTo(named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "AUTO", "Auto"})
  void autoLeavesItToTheServer(String word) {
    assertThat(converter.convert(word)).isEqualTo(new SignalChoice.Auto());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "STOP",
        "CONT",
        "SEGV",
        "9",
        "15",
        "-HUP",
        "HUP ",
        "SIG",
        "SIGSIGHUP",
        "SIGAUTO"
      })
  void anythingElseIsRefusedWithAllGoodWords(String word) {
    assertThatThrownBy(() -> converter.convert(word))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageStartingWith("'" + word + "'")
        .hasMessageContainingAll("auto", "HUP", "INT", "QUIT", "KILL", "USR1", "USR2", "TERM");
  }
}
