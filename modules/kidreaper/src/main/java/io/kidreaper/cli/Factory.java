package io.kidreaper.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the command objects that need more than the command line to do their work. */
final class Factory implements IFactory {
  private final Terminal terminal;
  private final Interruption interruption;
  private final SweepCommand sweep;
  private final Later later;

  Factory(Terminal terminal, Interruption interruption, SweepCommand sweep, Later later) {
    this.terminal = terminal;
    this.interruption = interruption;
    this.sweep = sweep;
    this.later = later;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == ReapCommand.class) {
      return type.cast(new ReapCommand(sweep));
    }
    if (type == RetireCommand.class) {
      return type.cast(new RetireCommand(new SingleRetirement(terminal, interruption)));
    }
    if (type == RunCommand.class) {
      return type.cast(new RunCommand(new ManagedRun(terminal, System.getenv()), later));
    }
    if (type == WatchCommand.class) {
      return type.cast(
          new WatchCommand(
              new WatchRun(terminal, System.getenv()),
              new RunCommand(new ManagedRun(terminal, System.getenv()), later),
              later));
    }
    if (type == ConfigCommand.class) {
      return type.cast(
          new ConfigCommand(
              terminal, new RunCommand(new ManagedRun(terminal, System.getenv()), later)));
    }
    if (type == CtlCommand.class) {
      return type.cast(new CtlCommand(new Ctl(terminal, interruption, System.getenv())));
    }
    if (type == DemoCommand.class) {
      return type.cast(new DemoCommand(terminal, System.getenv()));
    }
    if (type == DoctorCommand.class) {
      return type.cast(new DoctorCommand(new Doctor(terminal)));
    }
    if (type == ExplainCommand.class) {
      return type.cast(new ExplainCommand(new Explaining(terminal, interruption, System.getenv())));
    }
    return CommandLine.defaultFactory().create(type);
  }
}
