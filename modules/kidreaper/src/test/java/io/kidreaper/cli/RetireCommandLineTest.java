package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code retire} and {@code doctor} on processes that they must leave alone. */
class RetireCommandLineTest {
  private final Screen screen = Screen.plain();

  private void assertRefused(String... words) {
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err()).startsWith("kidreaper: ").contains(words);
    assertThat(screen.err().lines()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "retire                       | PID        | PID",
        "retire abc                   | PID        | 4711",
        "retire -5                    | -5         | retire",
        "retire 5 6                   | '6'        | retire",
        "retire 5 --signal STOP       | --signal   | QUIT",
        "retire 5 --at once           | --at       | BOUNDARY",
        "retire 5 --patience soon     | --patience | 10s",
        "retire 5 --grace 10          | --grace    | 10s",
        "retire 5 --escalate term     | --escalate | KILL",
        "retire 5 --manager 0         | --manager  | 4711",
        "retire 5 --limit 5M          | --limit    | retire",
        "doctor 5                     | '5'        | doctor",
        "doctor --manager abc         | --manager  | 4711",
        "doctor --pidfile x           | --pidfile  | doctor"
      })
  void aWrongCommandLineIsStatusTwoAndSaysWhatIsWrong(String line, String wrong, String good) {
    assertThat(screen.run(line.split(" +"))).isEqualTo(2);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err()).startsWith("kidreaper: ").contains(wrong).contains(good);
    assertThat(screen.err().lines().toList().getLast())
        .isEqualTo("Try 'kidreaper " + line.split(" ", 2)[0] + " --help'.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "retire 2147483647",
        "retire 2147483647 --at idle --signal SIGQUIT --patience 2m --grace 0 --escalate KILL",
        "retire 2147483647 --at ANY --force --manager 1"
      })
  void aWorkerThatIsNotThereIsStatusThree(String line) {
    assertThat(screen.run(line.split(" "))).as("such a high pid is never given").isEqualTo(3);
    assertRefused("there is no process 2147483647");
  }

  @Test
  void processOneIsNobodysWorker() {
    assertThat(screen.run("retire", "1", "--at", "any", "--force")).isEqualTo(3);
    assertRefused("process 1 ", "nobody's worker");
  }

  @Test
  void kidreaperItselfIsNobodysWorker() {
    String self = Long.toString(ProcessHandle.current().pid());

    assertThat(screen.run("retire", self, "--at", "any", "--force")).isEqualTo(3);
    assertRefused("process " + self + " ", "nobody's worker");
  }

  @Test
  void aChildOfKidreaperHasNoManagerThatWouldReplaceIt() throws IOException {
    Process child = new ProcessBuilder("sleep", "60").start();
    try {
      String pid = Long.toString(child.pid());

      assertThat(screen.run("retire", pid, "--at", "any", "--signal", "kill", "--force"))
          .isEqualTo(3);
      assertRefused("no manager that would replace it", "kidreaper itself");
      assertThat(child.isAlive()).isTrue();
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void aWorkerOfAnotherManagerIsNotTouched() throws IOException {
    Process child = new ProcessBuilder("sleep", "60").start();
    try {
      String pid = Long.toString(child.pid());

      assertThat(screen.run("retire", pid, "--manager", "1", "--at", "any")).isEqualTo(3);
      assertRefused("is not a child of 1", "process " + ProcessHandle.current().pid());
      assertThat(child.isAlive()).isTrue();
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void theDoctorsStatusSaysWhetherSomethingIsInTheWay() {
    int status = screen.run("doctor");

    assertThat(screen.err()).isEmpty();
    assertThat(screen.out())
        .contains("measure private memory", "retire at the boundary", "take sockets back")
        .contains("count requests", "--manager PID");
    boolean inTheWay = screen.out().lines().anyMatch(line -> line.startsWith("  NO "));
    assertThat(status).isEqualTo(inTheWay ? 1 : 0);
    assertThat(screen.out().lines().toList().getLast())
        .isEqualTo(inTheWay ? "Something is in the way." : "Nothing is in the way.");
  }

  @Test
  void theDoctorSaysOfAPoolThatIsNoneWhy() {
    assertThat(screen.run("doctor", "--manager", "2147483647")).isEqualTo(3);
    assertThat(screen.err()).isEqualTo("kidreaper: there is no process 2147483647\n");
  }

  @Test
  void theDoctorTakesKidreaperForNoManager() {
    String self = Long.toString(ProcessHandle.current().pid());

    assertThat(screen.run("doctor", "--manager", self)).isEqualTo(3);
    assertThat(screen.err()).contains("kidreaper itself");
  }
}
