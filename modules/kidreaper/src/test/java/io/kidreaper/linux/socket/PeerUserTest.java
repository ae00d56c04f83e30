package io.kidreaper.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.NativeLibc;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerUserTest {
  @TempDir Path folder;

  @Test
  void ourselvesAreLetInAndAnotherUserIsNotUnlessRoot() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("ctl"));
    int me = new NativeLibc().effectiveUserId();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      try (SocketChannel client = SocketChannel.open(address);
          SocketChannel accepted = server.accept()) {
        assertThat(client.isConnected()).isTrue();
        assertThat(PeerUser.isOursOrRoot(accepted, me)).isTrue();
        // Seen by another user's kidreaper, we are a stranger, or root.
        assertThat(PeerUser.isOursOrRoot(accepted, me + 4711)).isEqualTo(me == 0);
      }
    }
  }
}
