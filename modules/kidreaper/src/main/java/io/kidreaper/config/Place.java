package io.kidreaper.config;

import java.nio.file.Path;

/**
 * Where something stands in a file.
 *
 * @param line from 1
 * @param column from 1
 */
public record Place(Path file, int line, int column) {
  /** As compilers write it: {@code kidreaper.toml:7:1}. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
