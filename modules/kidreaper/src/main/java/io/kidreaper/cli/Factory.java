package io.kidreaper.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the command objects that need more than the command line to do their work. */
final class Factory implements IFactory {
  private final Terminal terminal;
  private final SweepCommand sweep;
  private final SingleRetirement single;

  Factory(Terminal terminal, SweepCommand sweep, SingleRetirement single) {
    this.terminal = terminal;
    this.sweep = sweep;
    this.single = single;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == ReapCommand.class) {
      return type.cast(new ReapCommand(sweep));
    }
    if (type == RetireCommand.class) {
      return type.cast(new RetireCommand(single));
    }
    if (type == RunCommand.class) {
      return type.cast(new RunCommand(new ManagedRun(terminal, System.getenv())));
    }
    if (type == DoctorCommand.class) {
      return type.cast(new DoctorCommand(new Doctor(terminal)));
    }
    return CommandLine.defaultFactory().create(type);
  }
}
