package io.kidreaper.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.gateway.TcpTable.Peer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpTableTest {
  private static final Path TABLES = Path.of("/proc/net");

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void tellsWhoIsThereFromWhoHasGone(String host) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.ofLiteral(host));
        Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket accepted = listener.accept()) {
      InetSocketAddress local = (InetSocketAddress) accepted.getLocalSocketAddress();
      InetSocketAddress remote = (InetSocketAddress) accepted.getRemoteSocketAddress();
      assertThat(look(local, remote)).isEqualTo(Peer.THERE);
      assertThat(look(local, new InetSocketAddress(remote.getAddress(), 1)))
          .isEqualTo(Peer.UNKNOWN);
      client.shutdownOutput();
      Awaitility.await().until(() -> look(local, remote) == Peer.GONE);
      reset(client);
      Awaitility.await().until(() -> look(local, remote) == Peer.UNKNOWN);
    }
  }

  @Test
  void isNotThereWithoutTables(@TempDir Path empty) {
    assertThat(TcpTable.read(empty, 80)).isEmpty();
  }

  private static void reset(Socket client) throws java.io.IOException {
    client.setSoLinger(true, 0);
    client.close();
  }

  private static Peer look(InetSocketAddress local, InetSocketAddress remote) {
    return TcpTable.read(TABLES, local.getPort()).orElseThrow().peer(local, remote);
  }
}
