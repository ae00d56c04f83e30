package io.kidreaper.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kidreaper retire}: one worker, whatever it costs. */
@Command(
    name = "retire",
    sortOptions = false,
    header = "Retire one worker between two of its requests.",
    description = {
      "",
      "Waits until the worker has answered what it has, asks it to leave at that very moment, and"
          + " follows it until it is gone and a new one is in its place. It must share a listening"
          + " socket with its parent or a sibling, as workers do, unless --manager names its"
          + " parent.",
      ""
    },
    optionListHeading = "Options:%n",
    parameterListHeading = "",
    footer = {
      "",
      "Examples:",
      "  kidreaper retire 4712",
      "  kidreaper retire 4712 --signal QUIT --patience 2m",
      "",
      "Exit status: 0 it left and was replaced, 1 it did not leave or was not replaced,"
          + " 2 wrong command line, 3 there is no such worker, 4 the manager died or changed"
          + " after the signal, 130 interrupted."
    })
final class RetireCommand implements Callable<Integer> {
  private final SingleRetirement single;

  RetireCommand(SingleRetirement single) {
    this.single = single;
  }

  @Parameters(
      index = "0",
      paramLabel = "PID",
      converter = Words.Pid.class,
      description = "the worker")
  private int worker;

  @Mixin private RetireOptions retire = new RetireOptions();

  @Mixin private ManagerPid manager = new ManagerPid();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  @SuppressWarnings("UnusedVariable") // picocli asks for it by reflection
  private boolean help;

  @Override
  public Integer call() {
    return single.run(worker, manager.pid(), retire.request());
  }
}
