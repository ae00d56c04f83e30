package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A first configuration, with a comment for each thing that a person has to decide. */
final class ConfigInit {
  private static final String HEAD =
      """
      # kidreaper.toml: which pools are watched, and what their workers may cost.
      #   kidreaper config check kidreaper.toml    says what is wrong with it
      #   kidreaper config show kidreaper.toml     shows every value, and where it comes from
      #   kidreaper watch --config kidreaper.toml  does it; HUP reads this file again
      # Each key is a flag of 'kidreaper watch' without its dashes; docs/CONFIG.md lists them.

      # metrics = "9188"     # Prometheus' format at http://127.0.0.1:9188/metrics
      # log = "json"         # text, logfmt, json, or a file
      # cpu = "1%"           # of one core that measuring may take

      [defaults]
      every = "1s"           # how often workers are measured
      dry-run = true         # says what it would do, and does nothing: take this away when you have seen it
      # at-most-retiring = 1 # so many at once, in one pool
      # max-age = "12h"      # workers go at this age at the latest
      """;

  private final List<PoolsHere.Here> pools;

  ConfigInit(List<PoolsHere.Here> pools) {
    this.pools = pools;
  }

  String text() {
    StringBuilder text = new StringBuilder(HEAD);
    Set<String> names = new HashSet<>();
    for (PoolsHere.Here pool : pools) {
      text.append('\n').append(pool(pool, name(pool, names)));
    }
    if (pools.isEmpty()) {
      text.append(
          """

          # No pool was found running here. One looks like this:
          # [pool.shop]
          # pidfile = "/run/shop.pid"   # or: unit = "shop", match = "shop_fastcgi", start = "COMMAND"
          # limit = "150M"              # what one worker may cost (private memory)
          """);
    }
    return text.toString();
  }

  private static String pool(PoolsHere.Here pool, String name) {
    // Half as much again as the largest has now: nobody goes at once, and who grows on does.
    String limit =
        pool.most().isPresent()
            ? "limit = \"%dM\"  # the largest has %s now\n"
                .formatted(
                    pool.most().getAsLong() / 2 * 3 / (1 << 20) + 16,
                    new ByteSize(pool.most().getAsLong()))
            : "# limit = \"150M\"  # its workers' memory could not be read just now\n";
    return """
    # %s, %d workers; manager: process %d
    [pool.%s]
    # A pidfile or a unit is surer than a match, if it has one.
    match = %s
    %s\
    """
        .formatted(
            pool.server(),
            pool.workers(),
            pool.manager(),
            name,
            toml("^\\S+ " + Pattern.quote(pool.command().replaceFirst("\\.\\.\\.$", ""))),
            limit);
  }

  /** A basic string would take each backslash for the start of something. */
  private static String toml(String text) {
    return text.contains("'")
        ? '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
        : "'" + text + "'";
  }

  private static String name(PoolsHere.Here pool, Set<String> taken) {
    String base =
        pool.server()
            .toLowerCase(java.util.Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-+|-+$", "");
    String name = base.isEmpty() ? "pool" : base;
    int number = 2;
    while (!taken.add(name)) {
      name = base + "-" + number++;
    }
    return name;
  }
}
