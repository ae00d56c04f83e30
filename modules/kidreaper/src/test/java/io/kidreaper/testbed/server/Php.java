package io.kidreaper.testbed.server;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.TempDir;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What php-fpm and php-cgi have in common: a php.ini of the test's own and nobody else's. */
final class Php {
  private Php() {}

  static Command command(TempDir dir, Object program, Object... arguments) {
    Path ini =
        dir.write(
            "php/php.ini",
            """
            extension = ffi
            ffi.enable = true
            output_buffering = 0
            display_errors = 0
            log_errors = 1
            post_max_size = 64M
            """);
    List<Object> words = new ArrayList<>(List.of(program, "-c", ini));
    words.addAll(List.of(arguments));
    return Command.of(words.toArray()).with("PHP_INI_SCAN_DIR", "");
  }
}
