package io.kidreaper.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the command objects that need more than the command line to do their work. */
final class Factory implements IFactory {
  private final SweepCommand sweep;

  Factory(SweepCommand sweep) {
    this.sweep = sweep;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    return type == ReapCommand.class
        ? type.cast(new ReapCommand(sweep))
        : CommandLine.defaultFactory().create(type);
  }
}
