package io.kidreaper.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.linux.socket.Listeners;
import io.kidreaper.linux.socket.Opened;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts real processes and asks the kernel, and them, what they were given. */
class SpawnerIT {
  private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");
  private static final int SIGTERM = 15;

  private final Libc libc = new NativeLibc();

  @TempDir Path folder;

  @Test
  void aWorkerHasDefaultDispositionsAnEmptyMaskAndASessionOfItsOwn() {
    // The JVM itself catches and ignores several signals, and so may whoever started it.
    String status = Output.of(request("cat", "/proc/self/status")).out();
    assertThat(status)
        .contains("SigBlk:\t0000000000000000\n")
        .contains("SigIgn:\t0000000000000000\n")
        .contains("SigCgt:\t0000000000000000\n");
    String[] stat = Output.of(request("cat", "/proc/self/stat")).out().split(" ", -1);
    assertThat(stat[4]).as("process group").isEqualTo(stat[0]);
    assertThat(stat[5]).as("session").isEqualTo(stat[0]);
  }

  @Test
  void aWorkerHasItsSocketItsPipesAndNothingElse() throws IOException {
    // The JDK makes its own sockets without close-on-exec.
    try (Listener listener = listener("a.sock");
        ServerSocketChannel leak = ServerSocketChannel.open()) {
      assertThat(leak.isOpen()).isTrue();
      String open =
          Output.of(
                  SpawnRequest.of(
                      List.of("ls", "-l", "/proc/self/fd"), List.of(listener.fd()), ENVIRONMENT))
              .out();
      assertThat(open)
          .containsPattern(" 0 -> socket:\\[\\d+]")
          .containsPattern(" 1 -> pipe:\\[\\d+]")
          .containsPattern(" 2 -> pipe:\\[\\d+]")
          // ls itself holds the folder that it lists.
          .containsPattern(" 3 -> /proc/\\d+/fd");
      assertThat(open.lines()).hasSize(5);
    }
  }

  @Test
  void furtherSocketsFollowFromThreeOn() throws IOException {
    try (Listener a = listener("a.sock");
        Listener b = listener("b.sock");
        Listener c = listener("c.sock")) {
      String open =
          Output.of(
                  SpawnRequest.of(
                      List.of("ls", "-l", "/proc/self/fd"),
                      List.of(a.fd(), b.fd(), c.fd()),
                      ENVIRONMENT))
              .out();
      for (var entry : Map.of(0, a, 3, b, 4, c).entrySet()) {
        Path ours = Path.of("/proc/self/fd/" + entry.getValue().fd());
        assertThat(open).contains(" " + entry.getKey() + " -> " + Files.readSymbolicLink(ours));
      }
    }
  }

  @Test
  void aWorkerServesOnTheSocketThatItWasGiven() throws IOException {
    try (Listener listener = listener("a.sock")) {
      Spawned spawned =
          Spawner.spawn(
              SpawnRequest.of(
                  List.of(
                      "perl",
                      "-e",
                      "open my $l, '+<&=', 0; accept(my $c, $l) or die $!; syswrite $c, \"hello\""),
                  List.of(listener.fd()),
                  ENVIRONMENT));
      try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("a.sock")))) {
        var buffer = ByteBuffer.allocate(16);
        channel.read(buffer);
        assertThat(new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII))
            .isEqualTo("hello");
      }
      assertThat(Output.of(spawned).status()).isEqualTo(new ExitStatus.Exited(0));
    }
  }

  @Test
  void theSoftLimitOfDescriptorsIsTheOneAskedForAndOursStays() {
    ProcessCalls.Limit before = ProcessCalls.limit(ProcessCalls.RLIMIT_NOFILE);
    SpawnRequest plain = request("sh", "-c", "ulimit -Sn; ulimit -Hn");
    Output lowered = Output.of(with(plain, OptionalInt.empty(), Optional.empty(), 1000));
    assertThat(lowered.out()).isEqualTo("1000\n" + before.hard() + "\n");
    assertThat(ProcessCalls.limit(ProcessCalls.RLIMIT_NOFILE)).isEqualTo(before);
  }

  @Test
  void aSoftLimitBelowWhatWeHaveOpenIsSetWithoutLoweringOurs() {
    // 100 is below the descriptors in use plus margin, so this goes by the shell.
    SpawnRequest plain = request("sh", "-c", "ulimit -Sn; echo $0 \"$@\"", "a b", "c  d");
    Output lowered = Output.of(with(plain, OptionalInt.empty(), Optional.empty(), 100));
    assertThat(lowered.err()).isEmpty();
    assertThat(lowered.out()).isEqualTo("100\na b c  d\n");
  }

  @Test
  void umaskDirectoryAndEnvironmentAreTheOnesAskedFor() throws IOException {
    Path work = Files.createDirectory(folder.resolve("work"));
    SpawnRequest request =
        new SpawnRequest(
            List.of("sh", "-c", "pwd -P; touch made; echo \"$GREETING\""),
            List.of(),
            Map.of("PATH", "/usr/bin:/bin", "GREETING", "hello $HOME"),
            Optional.of(work),
            OptionalInt.of(027),
            Optional.empty(),
            OptionalLong.empty(),
            OptionalInt.empty());
    assertThat(Output.of(request).out()).isEqualTo(work.toRealPath() + "\nhello $HOME\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(work.resolve("made"))))
        .isEqualTo("rw-r-----");
  }

  @Test
  void anotherUserHasThatUsersRightsAndNoWayBack() {
    assumeThat(libc.effectiveUserId()).as("only root can become another user").isZero();
    Accounts.Found found = Accounts.find("nobody", Optional.empty());
    assertThat(found).isInstanceOf(Accounts.Found.Account.class);
    RunAs nobody = ((Accounts.Found.Account) found).runAs();
    Output output =
        Output.of(
            with(
                request("sh", "-c", "grep -E '^(Uid|Gid|Groups|CapEff):' /proc/self/status"),
                OptionalInt.of(022),
                Optional.of(nobody),
                1000));
    String uid = "\t" + nobody.userId();
    String gid = "\t" + nobody.groupId();
    assertThat(output.err()).isEmpty();
    assertThat(output.out())
        .contains("Uid:" + uid.repeat(4) + "\n", "Gid:" + gid.repeat(4) + "\n")
        .contains("Groups:" + gid + " \n")
        .contains("CapEff:\t0000000000000000\n");
  }

  @Test
  void accountsThatDoNotExistAreNamed() {
    assertThat(Accounts.find("no-such-user", Optional.empty()).toString())
        .contains("there is no user \"no-such-user\"");
    assertThat(Accounts.find("root", Optional.of("no-such-group")).toString())
        .contains("there is no group \"no-such-group\"");
    assertThat(Accounts.find("4711", Optional.empty()).toString()).contains("say --group too");
    assertThat(Accounts.find("4711", Optional.of("12")))
        .isEqualTo(new Accounts.Found.Account(new RunAs(4711, 12, false)));
  }

  @Test
  void aWrongCommandIsRefusedByNameAndNothingStaysOpen() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "just words\n");
    Path noLoader = folder.resolve("no-loader");
    byte[] elf = Files.readAllBytes(Path.of("/bin/true"));
    String loader =
        new String(elf, StandardCharsets.ISO_8859_1).replaceFirst("/lib64/ld", "/lib64/xx");
    Files.write(noLoader, loader.getBytes(StandardCharsets.ISO_8859_1));
    for (Path path : List.of(text, noLoader)) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    long before = openDescriptors();
    assertThat(refusal("no-such-program")).contains("\"no-such-program\" in PATH (/usr/bin:/bin)");
    assertThat(refusal(text.toString())).contains("has no first line such as #!");
    assumeThat(System.getProperty("os.arch")).isEqualTo("amd64");
    assertThat(refusal(noLoader.toString())).contains("loader", noLoader.toString());
    assertThat(openDescriptors()).isEqualTo(before);
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    SpawnRequest request =
        new SpawnRequest(
            List.of("true"),
            List.of(),
            ENVIRONMENT,
            Optional.of(folder.resolve("none")),
            OptionalInt.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            OptionalInt.empty());
    assertThat(Spawner.spawn(request).toString()).contains("/none to run in does not exist");
  }

  @Test
  void outOfDescriptorsIsShortageNotAWrongCommand() {
    ProcessCalls.Limit before = ProcessCalls.limit(ProcessCalls.RLIMIT_NOFILE);
    SpawnRequest request = request("true");
    assertThat(Output.of(request).status()).isEqualTo(new ExitStatus.Exited(0));
    // Without a descriptor the JVM could not load the class of the answer either.
    Spawned spawned = new Spawned.OutOfResources(Errno.describe(Errno.EMFILE));
    ProcessCalls.setLimit(ProcessCalls.RLIMIT_NOFILE, new ProcessCalls.Limit(4, before.hard()));
    try {
      spawned = Spawner.spawn(request);
    } finally {
      ProcessCalls.setLimit(ProcessCalls.RLIMIT_NOFILE, before);
    }
    assertThat(spawned).isInstanceOf(Spawned.OutOfResources.class);
    assertThat(spawned.toString()).contains("cannot start true now", "EMFILE");
  }

  @Test
  void exitStatusesAndSignalsComeBackAsTheyWere() {
    assertThat(Output.of(request("sh", "-c", "exit 7")).status())
        .isEqualTo(new ExitStatus.Exited(7));
    ExitStatus killed = Output.of(request("sh", "-c", "kill -SEGV $$")).status();
    assertThat(killed.describe()).startsWith("was ended by signal 11 (SIGSEGV)");
    assertThat(killed.isClean()).isFalse();
  }

  @Test
  void whatAWorkerSaysWhileNobodyReadsIsKeptAndDoesNotEndIt() throws IOException {
    Path go = folder.resolve("go");
    Path end = folder.resolve("end");
    assertThat(Output.of(request("mkfifo", go + "", end + "")).status().isClean()).isTrue();
    Spawned.Child child =
        (Spawned.Child)
            Spawner.spawn(
                request(
                    "sh", "-c", "read x < \"$0\"; echo late; read x < \"$1\"", go + "", end + ""));
    ProcessCalls.close(child.outputFd());
    ProcessCalls.close(child.errorFd());
    Files.writeString(go, "on\n");
    int again = Spawner.outputOf(child.pid(), 1);
    assertThat(again).isPositive();
    assertThat(libc.pollReadable(again, 10_000)).isEqualTo(1);
    Files.writeString(end, "on\n");
    assertThat(Output.await(child.pid())).isEqualTo(new ExitStatus.Exited(0));
    assertThat(Files.readString(Path.of("/proc/self/fd/" + again))).isEqualTo("late\n");
    ProcessCalls.close(again);
  }

  @Test
  void aDeathSignalReachesTheWorkerWhenItsSpawningThreadEnds() throws Exception {
    SpawnRequest request =
        new SpawnRequest(
            List.of("sh", "-c", "echo up; exec sleep 30"),
            List.of(),
            ENVIRONMENT,
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            OptionalInt.of(SIGTERM));
    CompletableFuture<Spawned> spawned = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              Spawned started = Spawner.spawn(request);
              if (started instanceof Spawned.Child(int _, int output, int _)) {
                libc.pollReadable(output, 10_000);
              }
              spawned.complete(started);
            });
    thread.join();
    Output ended = Output.of(spawned.get());
    assertThat(ended.out()).isEqualTo("up\n");
    assertThat(ended.status()).isEqualTo(new ExitStatus.Signaled(SIGTERM, false));
  }

  private Listener listener(String name) {
    Opened opened =
        Listeners.open(
            new ListenAddress.UnixPath(folder.resolve(name).toString()), ListenOptions.DEFAULT);
    return ((Opened.Open) opened).listener();
  }

  private static SpawnRequest request(String... command) {
    return SpawnRequest.of(List.of(command), List.of(), ENVIRONMENT);
  }

  private static SpawnRequest with(
      SpawnRequest request, OptionalInt umask, Optional<RunAs> runAs, long softOpenFiles) {
    return new SpawnRequest(
        request.command(),
        request.sockets(),
        request.environment(),
        request.directory(),
        umask,
        runAs,
        OptionalLong.of(softOpenFiles),
        request.deathSignal());
  }

  private static String refusal(String program) {
    Spawned spawned = Spawner.spawn(request(program));
    assertThat(spawned).isInstanceOf(Spawned.WrongCommand.class);
    return ((Spawned.WrongCommand) spawned).reason();
  }

  private static long openDescriptors() throws IOException {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }
}
