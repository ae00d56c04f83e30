package io.kidreaper.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection that is accepted in the very moment in which the listener is closed. */
class ListenerCloseTest {
  /** Accepts one connection, and is closed by the time it gives it out. */
  private static final class ClosedMeanwhile extends ServerSocketChannel {
    private final ServerSocketChannel real;

    ClosedMeanwhile(ServerSocketChannel real) {
      super(real.provider());
      this.real = real;
    }

    @Override
    public SocketChannel accept() throws IOException {
      if (!isOpen()) {
        throw new ClosedChannelException();
      }
      SocketChannel connection = real.accept();
      close();
      return connection;
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
      return real.getLocalAddress();
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
      real.close();
    }

    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
      real.configureBlocking(block);
    }

    @Override
    public ServerSocketChannel bind(SocketAddress local, int backlog) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
      return Set.of();
    }

    @Override
    public ServerSocket socket() {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void overAUnixSocketItIsNotDropped(@TempDir Path folder) throws IOException {
    isGivenOut(
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(folder.resolve("s"))));
  }

  @Test
  void overTcpItIsNotDropped() throws IOException {
    isGivenOut(
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
  }

  private static void isGivenOut(ServerSocketChannel real) throws IOException {
    Listener listener = new Listener(new ClosedMeanwhile(real), null, false, Set.of());
    try (SocketChannel _ = SocketChannel.open(real.getLocalAddress());
        SocketChannel accepted = listener.accept()) {
      assertThat(accepted.isOpen()).isTrue();
      assertThatThrownBy(listener::accept).isInstanceOf(ClosedChannelException.class);
    }
  }
}
