package io.kidreaper.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.linux.socket.Listeners;
import io.kidreaper.linux.socket.Opened;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts a real server's accepts, where this machine lets a test mount tracefs and open events. */
class AcceptCounterIT {
  private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");

  @TempDir Path folder;
  private boolean mounted;

  @BeforeEach
  void mount() {
    if (new NativeLibc().effectiveUserId() == 0) {
      mounted = run("mount", "-t", "tracefs", "tracefs", folder.toString()).status().isClean();
    }
  }

  @AfterEach
  void unmount() {
    if (mounted) {
      assertThat(run("umount", folder.toString()).status().isClean()).isTrue();
    }
  }

  @Test
  void countsAcceptedConnectionsAndNoFailedOnes(@TempDir Path sockets) throws IOException {
    assumeThat(mounted).as("tracefs can be mounted").isTrue();
    // Answers each connection with a letter; the nonblocking accepts in between fail with EAGAIN.
    String server =
        """
        use Fcntl; open my $l, '+<&=', 0;
        fcntl($l, F_SETFL, fcntl($l, F_GETFL, 0) | O_NONBLOCK);
        my $left = 7;
        while ($left) {
          my $r = ''; vec($r, 0, 1) = 1; select($r, undef, undef, 10);
          while (accept(my $c, $l)) { syswrite $c, 'x'; $left--; }
        }
        """;
    Opened opened =
        Listeners.open(
            new ListenAddress.UnixPath(sockets.resolve("s").toString()), ListenOptions.DEFAULT);
    try (Listener listener = ((Opened.Open) opened).listener()) {
      Spawned.Child child =
          (Spawned.Child)
              Spawner.spawn(
                  SpawnRequest.of(
                      List.of("perl", "-e", server), List.of(listener.fd()), ENVIRONMENT));
      AcceptCounter.Opened counting = AcceptCounter.open(child.pid(), folder);
      assumeThat(counting.toString()).doesNotContain("CAP_PERFMON");
      try (AcceptCounter counter = ((AcceptCounter.Opened.Counting) counting).counter()) {
        assertThat(counter.accepted()).isEqualTo(OptionalLong.of(0));
        for (int i = 1; i <= 7; i++) {
          try (SocketChannel client =
              SocketChannel.open(UnixDomainSocketAddress.of(sockets.resolve("s")))) {
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(1);
          }
          assertThat(counter.accepted()).isEqualTo(OptionalLong.of(i));
        }
        assertThat(Output.of(child).status().isClean()).isTrue();
        assertThat(counter.accepted()).as("after its end").isEqualTo(OptionalLong.of(7));
      }
    }
  }

  @Test
  void countsTheThreadsThatItFindsAndThoseThatComeLater(@TempDir Path sockets) throws IOException {
    assumeThat(mounted).as("tracefs can be mounted").isTrue();
    assumeThat(run("python3", "-c", "pass").status().isClean()).isTrue();
    // One accept in a thread that is there when counting begins, two in threads of its making.
    String server =
        """
        import socket, threading, sys
        l = socket.socket(fileno=0)
        def one():
            c, _ = l.accept(); c.send(b'x'); c.close()
        def first():
            one()
            for i in range(2):
                t = threading.Thread(target=one); t.start(); t.join()
        t = threading.Thread(target=first); t.start()
        print('up', flush=True); t.join()
        """;
    Opened opened =
        Listeners.open(
            new ListenAddress.UnixPath(sockets.resolve("s").toString()), ListenOptions.DEFAULT);
    try (Listener listener = ((Opened.Open) opened).listener()) {
      Spawned.Child child =
          (Spawned.Child)
              Spawner.spawn(
                  SpawnRequest.of(
                      List.of("python3", "-c", server),
                      List.of(listener.fd()),
                      Map.of("PATH", System.getenv("PATH"))));
      assertThat(new NativeLibc().pollReadable(child.outputFd(), 20_000)).isEqualTo(1);
      AcceptCounter.Opened counting = AcceptCounter.open(child.pid(), folder);
      assumeThat(counting.toString()).doesNotContain("CAP_PERFMON");
      try (AcceptCounter counter = ((AcceptCounter.Opened.Counting) counting).counter()) {
        for (int i = 0; i < 3; i++) {
          try (SocketChannel client =
              SocketChannel.open(UnixDomainSocketAddress.of(sockets.resolve("s")))) {
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(1);
          }
        }
        await().until(() -> counter.accepted().equals(OptionalLong.of(3)));
        assertThat(Output.of(child).status().isClean()).isTrue();
      }
    }
  }

  @Test
  void absenceIsSaidWithWhatToDo(@TempDir Path empty) {
    int pid = (int) ProcessHandle.current().pid();
    assertThat(AcceptCounter.open(pid, empty).toString())
        .contains("mount -t tracefs tracefs " + empty);
    assertThat(AcceptCounter.open(999_999_999, empty).toString()).contains("999999999 is gone");
  }

  private static Output run(String... command) {
    return Output.of(SpawnRequest.of(List.of(command), List.of(), ENVIRONMENT));
  }
}
