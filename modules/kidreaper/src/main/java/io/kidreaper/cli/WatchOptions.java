package io.kidreaper.cli;

import io.kidreaper.gateway.HttpAddress;
import io.kidreaper.run.state.PoolName;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * What is wanted of a watch as a whole: flags of {@code watch}, and the keys at the head of its
 * configuration.
 */
final class WatchOptions {
  @Option(
      names = "--cpu",
      paramLabel = "PERCENT",
      defaultValue = "1%",
      description =
          "of one core that measuring may take; where that is too little, it is done more seldom"
              + " (default: ${DEFAULT-VALUE})")
  private String cpu = "1%";

  @Option(
      names = "--metrics",
      paramLabel = "[HOST:]PORT",
      description = "serve Prometheus' text format there (default host: 127.0.0.1)")
  private @Nullable String metrics;

  @Option(
      names = "--log",
      paramLabel = "FORM|FILE",
      defaultValue = "text",
      description =
          "text, logfmt or json to standard error, or the file for text (default:"
              + " ${DEFAULT-VALUE})")
  private String log = "text";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "by which 'kidreaper ctl' finds this watch (default: the pool's, or 'watch' with"
              + " --config)")
  private @Nullable PoolName name;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "where the lock and the control socket are (default: /run/kidreaper for root)")
  private @Nullable Path state;

  double cpuShare() {
    Matcher form = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3})?)%?").matcher(cpu);
    if (form.matches()) {
      double percent = Double.parseDouble(form.group(1));
      if (percent > 0 && percent <= 100) {
        return percent / 100;
      }
    }
    throw new TypeConversionException("--cpu '" + cpu + "' is no share from 0.1% to 100%");
  }

  Optional<HttpAddress> metrics() {
    if (metrics == null) {
      return Optional.empty();
    }
    return switch (HttpAddress.parse(metrics)) {
      case HttpAddress.Parsed.Address(HttpAddress address) -> Optional.of(address);
      case HttpAddress.Parsed.Refused(String reason) ->
          throw new TypeConversionException("--metrics: " + reason);
    };
  }

  LogForm logForm() {
    return LogForm.named(log).orElse(LogForm.TEXT);
  }

  Optional<Path> logFile() {
    return LogForm.named(log).isPresent()
        ? Optional.empty()
        : Optional.of(Path.of(log).toAbsolutePath());
  }

  Optional<PoolName> name() {
    return Optional.ofNullable(name);
  }

  Optional<Path> state() {
    return Optional.ofNullable(state).map(Path::toAbsolutePath);
  }
}
