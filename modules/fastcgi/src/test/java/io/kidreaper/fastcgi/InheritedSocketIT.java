package io.kidreaper.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program of its own, with the listening socket as descriptor 0, as spawn-fcgi gives it. */
@Timeout(120)
class InheritedSocketIT {
  private static final Map<String, String> SLOW =
      Map.of("REQUEST_METHOD", "GET", "QUERY_STRING", "slow");

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "HUP", "USR1"})
  void aSignalFinishesTheCurrentRequestAndThenTheProgram(String signal, @TempDir Path directory)
      throws Exception {
    SocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    try (Daemon daemon = spawn(directory, address, List.of());
        Wire busy = new Wire(address);
        Wire kept = new Wire(address)) {
      kept.get(1, true, Map.of("REQUEST_METHOD", "GET"));
      assertThat(kept.answer(1).body()).isEqualTo("hello GET ?");
      busy.get(1, true, SLOW);
      assertThat(busy.receive()).isInstanceOf(FcgiRecord.Stream.class);
      new ProcessBuilder("kill", "-" + signal, "" + daemon.process().pid()).start().waitFor();
      assertThat(busy.answer(1).stdout()).isEqualTo("end");
      assertThat(busy.isEnded()).isTrue();
      assertThat(kept.isEnded()).isTrue();
      assertThat(daemon.process().waitFor()).isZero();
      assertThat(daemon.log())
          .as("stderr outlives the inherited channel")
          .contains("finished after 2");
    }
  }

  @Test
  void overTcpAndUntilItsLastRequest(@TempDir Path directory) throws Exception {
    InetSocketAddress address = Daemon.freePort();
    try (Daemon daemon = spawn(directory, address, List.of("3"))) {
      for (int i = 0; i < 3; i++) {
        try (Wire wire = new Wire(address)) {
          wire.get(1, false, Map.of("REQUEST_METHOD", "GET"));
          assertThat(wire.answer(1).body()).isEqualTo("hello GET ?");
          assertThat(wire.isEnded()).isTrue();
        }
      }
      assertThat(daemon.process().waitFor()).isZero();
      assertThat(daemon.log()).contains("finished after 3");
    }
  }

  @Test
  void withoutASocketItSaysWhatToDo() throws Exception {
    Process process =
        new ProcessBuilder(java(List.of()))
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectErrorStream(true)
            .start();
    assertThat(
            new String(
                process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("descriptor 0 is not a listening socket");
    assertThat(process.waitFor()).isEqualTo(1);
  }

  private static Daemon spawn(Path directory, SocketAddress address, List<String> args)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(Daemon.program("spawn-fcgi"), "-n"));
    if (address instanceof InetSocketAddress tcp) {
      command.addAll(List.of("-a", "127.0.0.1", "-p", "" + tcp.getPort()));
    } else {
      command.addAll(List.of("-s", address.toString()));
    }
    command.add("--");
    command.addAll(java(args));
    Daemon daemon = Daemon.start(directory, address, command);
    // spawn-fcgi listens long before the program, which it becomes, has its signals set.
    await().until(() -> daemon.log().contains("serving "));
    return daemon;
  }

  private static List<String> java(List<String> args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                TestApplication.class.getName()));
    command.addAll(args);
    return command;
  }
}
