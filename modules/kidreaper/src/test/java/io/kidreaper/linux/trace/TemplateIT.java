package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.linux.process.RunAs;
import io.kidreaper.linux.process.SpawnRequest;
import io.kidreaper.linux.process.Spawned;
import io.kidreaper.linux.process.Spawner;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.linux.socket.Listeners;
import io.kidreaper.linux.socket.Opened;
import io.kidreaper.linux.trace.TestTemplate.Manner;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.ProcessInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs held at their first wait for a connection, and workers forked from there. */
class TemplateIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int SIGTERM = 15;
  private static final int SIGUSR1 = 10;
  private static final int NOBODY = 65534;

  /** Answers each connection with its pid, its parent's, its process group and a count. */
  static final List<String> SERVER =
      List.of(
          "perl",
          "-e",
          """
          use POSIX; my $count = 0;
          open my $l, '+<&=', 0;
          while (1) {
            accept(my $c, $l) or next;
            syswrite $c, join(' ', $$, getppid, POSIX::getpgrp(), ++$count) . "\\n";
          }
          """);

  @TempDir static Path programs;
  @TempDir Path folder;

  @BeforeAll
  static void compile() throws IOException {
    Files.setPosixFilePermissions(programs, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path source = Path.of(TemplateIT.class.getResource("/trace/template.c").getPath());
    Command.of("gcc", "-O1", "-Wall", "-pthread", "-o", "template", source).runIn(programs);
  }

  private static List<String> program(String way, String... options) {
    List<String> command = new ArrayList<>(List.of(programs.resolve("template").toString(), way));
    command.addAll(List.of(options));
    return command;
  }

  @Test
  void workersAreOurChildrenInSessionsOfTheirOwnAndTheTemplateNeverServes() throws IOException {
    try (TestTemplate template = TestTemplate.of(folder, SERVER).standing()) {
      Set<String> expected = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        int pid = template.fork().pid();
        expected.add(pid + " " + ProcessHandle.current().pid() + " " + pid);
      }
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < 60 || (seen.size() < 3 && i < 3000); i++) {
        String answer = template.ask();
        seen.add(answer.substring(0, answer.lastIndexOf(' ')));
      }
      assertThat(seen).isEqualTo(expected);
    }
  }

  /** A mutex knows its owner by what the C library takes its thread's id to be. */
  @ParameterizedTest
  @ValueSource(strings = {"accept", "accept4", "poll", "ppoll", "select", "pselect6"})
  void whateverItWaitsByAForkKnowsItself(String way) throws IOException {
    try (TestTemplate template = TestTemplate.of(folder, program(way)).standing()) {
      for (int i = 0; i < 2; i++) {
        int _ = template.fork().pid();
      }
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < 3000 && seen.size() < 2; i++) {
        seen.add(template.ask());
      }
      assertThat(seen).hasSize(2).allMatch(answer -> answer.matches("(\\d+) \\1 robust 0"));
    }
  }

  @Test
  void aWorkerHasPipesOfItsOwnInAllPlacesAndNoDescriptorMore() throws IOException {
    try (TestTemplate template = TestTemplate.of(folder, program("accept", "copies")).standing()) {
      Forked.Child worker = template.fork();
      String answer = template.ask();
      assertThat(TestTemplate.read(worker.outputFd()).strip()).isEqualTo(answer);
      assertThat(TestTemplate.read(worker.errorFd()).strip()).isEqualTo(answer);
      assertThat(descriptors(worker.pid())).isEqualTo(descriptors(template.child.pid()));
    }
  }

  private static List<String> descriptors(int pid) throws IOException {
    try (var open = Files.list(Path.of("/proc", "" + pid, "fd"))) {
      return open.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void outputThatGoesElsewhereIsLeftThere() throws IOException {
    try (TestTemplate template = TestTemplate.of(folder, program("accept", "quiet")).standing()) {
      Forked.Child worker = template.fork();
      assertThat(worker.outputFd()).isEqualTo(-1);
      assertThat(worker.errorFd()).isEqualTo(-1);
      assertThat(template.ask()).startsWith(worker.pid() + " ");
    }
  }

  @Test
  void aSignalToTheTemplateIsTakenByItAndTheForkComesAllTheSame() throws IOException {
    try (TestTemplate template = TestTemplate.of(folder, program("accept")).standing()) {
      signal(template.child.pid(), SIGUSR1);
      Forked.Child worker = template.fork();
      assertThat(template.ask()).isEqualTo(worker.pid() + " " + worker.pid() + " robust 1");
    }
  }

  @Test
  void aHandlerThatDoesNotReturnCostsOneForkAtMost() throws IOException {
    try (TestTemplate template = TestTemplate.of(folder, program("accept", "wanders")).standing()) {
      signal(template.child.pid(), SIGUSR1);
      Forked first = template.tryFork();
      assertThat(first).isEqualTo(new Forked.Failed(new NotForkable.LedAway(), false));
      Forked.Child worker = template.fork();
      assertThat(template.ask()).isEqualTo(worker.pid() + " " + worker.pid() + " robust 1");
    }
  }

  @Test
  void threadsThatHaveEndedAreNoHindrance() throws IOException {
    try (TestTemplate template = TestTemplate.of(folder, program("accept", "gone")).standing()) {
      Forked.Child worker = template.fork();
      assertThat(template.ask()).startsWith(worker.pid() + " ");
    }
  }

  @Test
  void anotherUsersProgramIsForkedWithThatUsersRights() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Manner asNobody =
        Manner.USUAL.request(it ->
            new SpawnRequest(
                it.command(),
                it.sockets(),
                it.environment(),
                Optional.empty(),
                OptionalInt.of(077),
                Optional.of(new RunAs(NOBODY, NOBODY, false)),
                it.softOpenFiles(),
                OptionalInt.of(SIGTERM)));
    try (TestTemplate template = TestTemplate.of(folder, program("accept"), asNobody).standing()) {
      Forked.Child worker = template.fork();
      String answer = template.ask();
      assertThat(answer).startsWith(worker.pid() + " ");
      assertThat(TestTemplate.read(worker.errorFd()).strip()).isEqualTo(answer);
      assertThat(Proc.REAL.status(worker.pid()).orElseThrow().effectiveUid()).hasValue(NOBODY);
    }
  }

  @Test
  void aWorkerHasTheDeathSignalOfWhoeverSpawnedItsTemplate() throws Exception {
    TestTemplate[] made = new TestTemplate[1];
    Manner dying =
        Manner.USUAL.request(it ->
            new SpawnRequest(
                it.command(),
                it.sockets(),
                it.environment(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                it.softOpenFiles(),
                OptionalInt.of(SIGTERM)));
    Forked.Child[] worker = new Forked.Child[1];
    Thread spawner =
        Thread.ofPlatform()
            .start(() -> {
              made[0] = TestTemplate.of(folder, program("accept"), dying).standing();
              worker[0] = made[0].fork();
            });
    spawner.join();
    try (TestTemplate template = made[0]) {
      await()
          .atMost(LONG)
          .until(() -> ProcessInfo.of(worker[0].pid()).filter(ProcessInfo::isAlive).isEmpty());
      assertThat(template.process.pid()).isNotEqualTo(worker[0].pid());
    }
  }

  @Test
  void aTemplateThatIsKilledSaysSoAndAnEndedOneIsReaped() {
    try (TestTemplate template = TestTemplate.of(folder, program("accept")).standing()) {
      new NativePtraceCalls().kill(template.child.pid());
      assertThat(template.tryFork()).isEqualTo(new Forked.Failed(new NotForkable.Ended(), true));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "accept, fork, Possible[]",
    "accept, thread, 'Impossible[words=has 2 threads, and a fork has only one of them]'",
    "epoll, fork, 'Impossible[words=waits for connections by epoll, whose one set all its forks"
        + " would share]'"
  })
  void whatIsPossibleIsSeenAtAWorkerThatWasStarted(String way, String option, String expected) {
    Listener listener =
        ((Opened.Open)
                Listeners.open(
                    new ListenAddress.UnixPath(folder.resolve("s").toString()),
                    ListenOptions.DEFAULT))
            .listener();
    Spawned.Child child =
        (Spawned.Child)
            Spawner.spawn(SpawnRequest.of(program(way, option), List.of(listener.fd()), Map.of()));
    try {
      await()
          .atMost(LONG)
          .untilAsserted(() -> assertThat(Forkability.of(child.pid())).hasToString(expected));
    } finally {
      TestTemplate.end(List.of(child.pid()), List.of(child.outputFd(), child.errorFd()));
      listener.close();
    }
    assertThat(Forkability.of(child.pid())).isEqualTo(new Forkability.Unknown());
  }

  @Test
  void severalThreadsAreCounted() {
    assertThat(refused(program("accept", "thread", "thread")))
        .isEqualTo(new NotForkable.SeveralThreads(3));
  }

  @Test
  void anEpollSetIsNotShared() {
    assertThat(refused(program("epoll"))).isEqualTo(new NotForkable.SharedEpoll());
  }

  @Test
  void aProgramThatEndsIsNotWaitedFor() {
    assertThat(refused(List.of("sh", "-c", "exit 3"))).isEqualTo(new NotForkable.Ended());
  }

  @Test
  void aProgramThatNeverWaitsForAConnectionIsGivenUp() {
    Duration patience = Duration.ofSeconds(1);
    assertThat(refused(List.of("sleep", "1000"), patience))
        .isEqualTo(new NotForkable.NeverAccepts(patience, false));
    assertThat(refused(List.of("sh", "-c", "sleep 10 & wait"), patience))
        .isEqualTo(new NotForkable.NeverAccepts(patience, true));
  }

  @Test
  void aProgramOf32BitsIsNotTouched() throws IOException {
    Path source = Path.of(TemplateIT.class.getResource("/trace/template32.s").getPath());
    Command.of("as", "--32", "-o", "template32.o", source).runIn(programs);
    Command.of("ld", "-m", "elf_i386", "-o", "template32", "template32.o").runIn(programs);
    assertThat(refused(List.of(programs.resolve("template32").toString())))
        .isEqualTo(new NotForkable.OtherArchitecture());
  }

  @Test
  void aProgramThatIsTracedByAnotherIsLeftToIt() throws Exception {
    Process[] other = new Process[1];
    Manner traced =
        Manner.USUAL.beforeHeld(child -> {
          try {
            other[0] =
                new ProcessBuilder(TestPool.PROGRAM.toString(), "trace", "" + child.pid()).start();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
          await()
              .atMost(LONG)
              .until(() -> Proc.REAL.status(child.pid()).orElseThrow().tracerPid().orElse(0) != 0);
        });
    try (TestTemplate template = TestTemplate.of(folder, program("accept"), traced)) {
      try {
        assertThat(template.refused())
            .isEqualTo(
                new NotForkable.Untraceable(new NotReached.AlreadyTraced((int) other[0].pid())));
      } finally {
        // Before the template, whose end its tracer is told first.
        other[0].destroyForcibly().waitFor();
      }
    }
  }

  /** What is refused is ended, and all that it started by itself with it. */
  private NotForkable refused(List<String> command) {
    return refused(command, LONG);
  }

  private NotForkable refused(List<String> command, Duration patience) {
    try (TestTemplate template =
        TestTemplate.of(folder, command, Manner.USUAL.patience(patience))) {
      NotForkable why = template.refused();
      await()
          .atMost(LONG)
          .until(() -> ProcessInfo.of(template.child.pid()).filter(ProcessInfo::isAlive).isEmpty());
      return why;
    }
  }

  private static void signal(int pid, int signal) throws IOException {
    Command.of("kill", "-" + signal, pid).runIn(Path.of("."));
  }
}
