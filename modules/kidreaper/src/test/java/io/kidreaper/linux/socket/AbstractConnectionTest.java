package io.kidreaper.linux.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AbstractConnectionTest {
  private final String name =
      "kidreaper-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();

  @Test
  void nobodyListens() {
    assertThatThrownBy(() -> AbstractConnection.open(name, 1_000).close())
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("unix:@" + name);
  }

  @Test
  void carriesBytesBothWays() throws Exception {
    byte[] sent = "0123456789".repeat(50_000).getBytes(UTF_8);
    Process echo = echo(sent.length);
    try (AbstractConnection client = await(echo)) {
      FutureTask<Integer> writing = new FutureTask<>(() -> client.write(ByteBuffer.wrap(sent)));
      Thread.ofPlatform().start(writing);
      ByteBuffer got = ByteBuffer.allocate(sent.length);
      while (got.hasRemaining()) {
        assertThat(client.read(got)).isPositive();
      }
      assertThat(writing.get()).isEqualTo(sent.length);
      assertThat(got.array()).isEqualTo(sent);
      assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThatThrownBy(() -> client.write(ByteBuffer.allocate(1)))
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("EPIPE");
    } finally {
      echo.destroyForcibly().waitFor();
    }
  }

  /** Sends back that many bytes of its one connection, and ends. */
  private Process echo(int bytes) throws IOException {
    String program =
        """
        use Socket;
        socket(my $l, AF_UNIX, SOCK_STREAM, 0) or die; bind($l, pack_sockaddr_un("\\0$ARGV[0]")) or die;
        listen($l, 1) or die; accept(my $c, $l) or die;
        for (my $left = $ARGV[1]; $left > 0;) {
          my $n = sysread($c, my $b, 65536) or die;
          for (my $at = 0; $at < $n;) { $at += syswrite($c, $b, $n - $at, $at) }
          $left -= $n;
        }
        """;
    return new ProcessBuilder("perl", "-e", program, name, "" + bytes).inheritIO().start();
  }

  private AbstractConnection await(Process listener) {
    return Awaitility.await()
        .failFast("it ended", () -> !listener.isAlive())
        .ignoreException(ConnectException.class)
        .until(() -> AbstractConnection.open(name, 1_000), one -> true);
  }

  @Test
  void waitsForAPlaceInTheBacklogNoLongerThanItMay() throws Exception {
    List<AbstractConnection> open = new ArrayList<>();
    try (Listener listener = listen(1)) {
      assertThat(listener.fd()).isPositive();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 10; i++) {
                  open.add(AbstractConnection.open(name, 100));
                }
              })
          .isInstanceOf(SocketTimeoutException.class);
    } finally {
      for (AbstractConnection one : open) {
        one.close();
      }
    }
  }

  @Test
  void aReadEndsWhenAnotherThreadCloses() throws Exception {
    try (Listener listener = listen(8);
        AbstractConnection client = AbstractConnection.open(name, 1_000)) {
      assertThat(listener.fd()).isPositive();
      FutureTask<Integer> reading = new FutureTask<>(() -> client.read(ByteBuffer.allocate(1)));
      Thread thread = Thread.ofPlatform().start(reading);
      Awaitility.await().until(() -> thread.getState() == Thread.State.RUNNABLE);
      close(client);
      assertThatThrownBy(reading::get).hasCauseInstanceOf(ClosedChannelException.class);
      assertThat(client.isOpen()).isFalse();
      assertThatThrownBy(() -> client.write(ByteBuffer.allocate(1)))
          .isInstanceOf(ClosedChannelException.class);
    }
  }

  private static void close(AbstractConnection connection) {
    connection.close();
  }

  private Listener listen(int backlog) throws IOException {
    return switch (Listeners.open(new ListenAddress.UnixAbstract(name), options(backlog))) {
      case Opened.Open(Listener listener) -> listener;
      case Opened.Refused(String reason) -> throw new IOException(reason);
    };
  }

  private static ListenOptions options(int backlog) {
    return new ListenOptions(backlog, 0600, Optional.empty(), Optional.empty());
  }
}
