package io.kidreaper.managed;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.SocketKind;
import io.kidreaper.testbed.server.Managed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Where a pool listens, and what may be in the way. */
class ManagedSocketsIT {
  @Test
  void onAllItsAddressesAtOnce() {
    try (LinePool pool = LinePool.open()) {
      Listen six = Listen.on(SocketKind.TCP6, pool.site().dir(), "six");
      String name = "kr-" + pool.site().dir().path("a").hashCode();
      leaveStaleFile(pool);
      LinePool.Running running =
          pool.with("--listen", "unix:" + pool.socket(), "--listen", six.hostAndPort())
              .with("--listen", "unix:@" + name, "--socket-mode", "0600")
              .startReady(2);

      assertThat(running.workers()).contains(LineClient.pid(pool.ask("pid")));
      assertThat(running.workers()).contains(LineClient.pid(LineClient.ask(six, "pid")));
      assertThat(running.workers()).contains(LineClient.pid(askAbstract(name)));
      assertThat(mode(pool)).isEqualTo(0600);
      assertThat(running.log())
          .contains("listening on unix:" + pool.socket())
          .contains("listening on " + six.hostAndPort())
          .contains("listening on unix:@" + name);

      running.signal("TERM");
      running.awaitEnd();
      assertThat(pool.socket()).doesNotExist();
    }
  }

  @Test
  void twoPoolsDoNotShareASocketFile() {
    try (LinePool pool = LinePool.open();
        LinePool other = LinePool.open()) {
      pool.startReady(1);
      Run run = other.with("--listen", "unix:" + pool.socket()).program().run();

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.err()).contains("another process is listening there");
      assertThat(pool.ask("pid")).isNotEmpty();
    }
  }

  @Test
  void aFileThatIsNoSocketStays() throws IOException {
    try (LinePool pool = LinePool.open()) {
      Files.writeString(pool.socket(), "precious");
      Run run = pool.program().run();

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.err()).contains("a file that is no socket, and kidreaper does not replace it");
      assertThat(pool.socket()).hasContent("precious");
    }
  }

  @Test
  void aPortThatIsTakenIsRefused() throws IOException {
    try (LinePool pool = LinePool.open();
        ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      Run run = pool.with("--listen", "127.0.0.1:" + taken.getLocalPort()).program().run();

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.err())
          .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .contains("another process is listening there; stop it or choose another");
    }
  }

  @Test
  void theSocketThatSpawnFcgiLeftOpen() {
    try (LinePool pool = LinePool.open()) {
      LinePool.Running running =
          pool.under("spawn-fcgi", "-n", "-s", pool.socket(), "--")
              .with("--listen", "fd:0")
              .startReady(2);
      assertThat(running.workers()).contains(LineClient.pid(pool.ask("pid")));
    }
  }

  /** It listens first and starts us at the first connection, which must not be lost. */
  @Test
  void theSocketThatSystemdPassed() {
    try (LinePool pool = LinePool.open()) {
      LinePool.Running activator =
          pool.under("systemd-socket-activate", "-l", pool.socket())
              .under("-E", Managed.MARK, "--")
              .withoutAddress()
              .with("--workers", 2)
              .start();
      Listen listen = new Listen.Unix(pool.socket());
      Until.until(pool.site(), listen::isListening);
      CompletableFuture<String> first = pool.askLater("pid");
      int worker = LineClient.pid(first.join());
      assertThat(pool.marked()).extracting(ProcessInfo::pid).contains(worker);
      activator.awaitLog("worker " + worker + " is ready");
    }
  }

  private static void leaveStaleFile(LinePool pool) {
    try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stale.bind(UnixDomainSocketAddress.of(pool.socket()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(pool.socket()).exists();
  }

  /** The JDK connects to no abstract name. */
  private static String askAbstract(String name) {
    String client =
        """
        use Socket; socket my $s, AF_UNIX, SOCK_STREAM, 0;
        connect $s, pack_sockaddr_un("\\0$ARGV[0]") or die $!;
        syswrite $s, "pid\\n"; print scalar <$s>;
        """;
    Run run = Program.of("perl", "-e", client, name).run();
    assertThat(run.status()).as(run.toString()).isZero();
    return run.out();
  }

  private static int mode(LinePool pool) {
    try {
      return (Integer) Files.getAttribute(pool.socket(), "unix:mode") & 0777;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
