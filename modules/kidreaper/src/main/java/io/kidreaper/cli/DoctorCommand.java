package io.kidreaper.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kidreaper doctor}: what is possible here, and what stands in the way of the rest. */
@Command(
    name = "doctor",
    sortOptions = false,
    header = "Say what this machine and user permit, and what to change for the best.",
    description = {
      "",
      "Asks for each right that kidreaper uses, without touching any process. With --manager it"
          + " also says which server the pool is, and which signal its workers get and when.",
      ""
    },
    optionListHeading = "Options:%n",
    footer = {
      "",
      "Exit status: 0 nothing is in the way, 1 something is, 3 the pool could not be read."
    })
final class DoctorCommand implements Callable<Integer> {
  private final Doctor doctor;

  DoctorCommand(Doctor doctor) {
    this.doctor = doctor;
  }

  @Mixin private ManagerPid manager = new ManagerPid();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  @SuppressWarnings("UnusedVariable") // picocli asks for it by reflection
  private boolean help;

  @Override
  public Integer call() {
    return doctor.run(manager.pid());
  }
}
