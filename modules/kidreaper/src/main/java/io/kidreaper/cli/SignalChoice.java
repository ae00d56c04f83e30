package io.kidreaper.cli;

import io.kidreaper.retire.Signal;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Which signal retires a worker: the one that is named, or the one that the server calls for. */
sealed interface SignalChoice {
  record Auto() implements SignalChoice {}

  record Named(Signal signal) implements SignalChoice {}

  /** Reads HUP, SIGHUP, hup, auto. */
  final class Converter implements ITypeConverter<SignalChoice> {
    @Override
    public SignalChoice convert(String word) {
      String name = word.toUpperCase(Locale.ROOT);
      if (name.equals("AUTO")) {
        return new Auto();
      }
      String bare = name.startsWith("SIG") ? name.substring(3) : name;
      return Arrays.stream(Signal.values())
          .filter(signal -> signal.name().equals(bare))
          .findFirst()
          .map(Named::new)
          .orElseThrow(() ->
              new TypeConversionException(
                  "'"
                      + word
                      + "' is not a signal that retires workers; write auto or "
                      + Arrays.stream(Signal.values())
                          .map(Signal::name)
                          .collect(Collectors.joining(", "))));
    }
  }
}
