package io.kidreaper.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.socket.ListenAddress.Inherited;
import io.kidreaper.linux.socket.ListenAddress.Tcp;
import io.kidreaper.linux.socket.ListenAddress.UnixAbstract;
import io.kidreaper.linux.socket.ListenAddress.UnixPath;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens real sockets, on the loopback and in a temporary folder. */
class ListenersTest {
  private final Libc libc = new NativeLibc();
  private final List<Listener> open = new ArrayList<>();

  @TempDir Path folder;

  @AfterEach
  void closeAll() {
    open.forEach(Listener::close);
  }

  @Test
  void anAnyPortSocketTakesConnectionsAtThePortItSays() throws IOException {
    Listener listener = open(new Tcp("127.0.0.1", 0));
    assertThat(listener.address())
        .isInstanceOfSatisfying(
            Tcp.class, tcp -> assertThat(canConnect("127.0.0.1", tcp.port())).isTrue());
    assertThat(listener.fd()).isGreaterThan(2);
    assertThat(Files.readString(Path.of("/proc/self/fdinfo/" + listener.fd())))
        .as("close-on-exec")
        .containsPattern("flags:\\s+02\\d{6}\n");
  }

  @Test
  void anIpv6AddressLeavesTheSamePortOfIpv4ToOthers() throws IOException {
    Listener v4 = open(new Tcp("0.0.0.0", 0));
    int port = ((Tcp) v4.address()).port();
    Opened v6 = Listeners.open(new Tcp("::", port), ListenOptions.DEFAULT);
    assumeThat(v6.toString()).doesNotContain("address family");
    open.add(((Opened.Open) v6).listener());
    assertThat(canConnect("::1", port)).isTrue();
  }

  @Test
  void aPortInUseIsRefusedEvenToItsOwner() {
    Listener first = open(new Tcp("127.0.0.1", 0));
    assertThat(refusal(first.address()))
        .contains(first.address().toString(), "another process is listening there");
  }

  @Test
  void whatIsNoAddressOfThisMachineIsRefusedWithOneThatIs() {
    assertThat(refusal(new Tcp("192.0.2.1", 9000))).contains("192.0.2.1:9000", "127.0.0.1");
    assertThat(refusal(new Tcp("no-such-host.invalid", 9000))).contains("does not resolve");
  }

  @Test
  void aSocketFileHasItsModeAndOwnerWhenTheFirstCanConnect() throws IOException {
    Path path = folder.resolve("app.sock");
    String me = Files.getOwner(folder).getName();
    String group =
        Files.readAttributes(folder, java.nio.file.attribute.PosixFileAttributes.class)
            .group()
            .getName();
    open(
        new UnixPath(path.toString()),
        new ListenOptions(7, 0606, Optional.of(me), Optional.of(group)));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw----rw-");
    assertThat(canConnect(path)).isTrue();
  }

  @Test
  void ownersThatDoNotExistAreRefusedAndNoFileStays() {
    Path path = folder.resolve("app.sock");
    UnixPath address = new UnixPath(path.toString());
    for (ListenOptions options :
        List.of(
            new ListenOptions(1, 0660, Optional.of("no-such-user"), Optional.empty()),
            new ListenOptions(1, 0660, Optional.empty(), Optional.of("no-such-group")))) {
      assertThat(Listeners.open(address, options).toString()).contains(" no-such-", "there is no ");
      assertThat(path).doesNotExist();
    }
  }

  @Test
  void aStaleSocketFileIsReplaced() throws IOException {
    Path path = folder.resolve("app.sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
    assertThat(path).exists();
    open(new UnixPath(path.toString()));
    assertThat(canConnect(path)).isTrue();
  }

  @Test
  void aLiveSocketIsRefusedEvenWithItsBacklogFull() throws IOException {
    Path path = folder.resolve("app.sock");
    Listener live =
        open(
            new UnixPath(path.toString()),
            new ListenOptions(1, 0660, Optional.empty(), Optional.empty()));
    List<SocketChannel> waiting = new ArrayList<>();
    try {
      // A backlog of 1 holds two, and then asks a caller that does not wait to try again.
      for (int i = 0; i < 2; i++) {
        waiting.add(SocketChannel.open(UnixDomainSocketAddress.of(path)));
      }
      assertThat(refusal(live.address())).contains("another process is listening there");
      assertThat(path).exists();
    } finally {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
  }

  @Test
  void aFileThatIsNoSocketIsNeverRemoved() throws IOException {
    Path path = Files.writeString(folder.resolve("precious"), "data");
    assertThat(refusal(new UnixPath(path.toString()))).contains("no socket");
    assertThat(path).hasContent("data");

    Path link = Files.createSymbolicLink(folder.resolve("link"), path);
    assertThat(refusal(new UnixPath(link.toString()))).contains("no socket");
    assertThat(link).isSymbolicLink();
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    assertThat(refusal(new UnixPath(folder + "/none/app.sock")))
        .contains("there is no folder " + folder + "/none");
  }

  @Test
  void ofManyThatStartAtOnceOnAStalePathExactlyOneListens() throws Exception {
    Path path = folder.resolve("app.sock");
    for (int round = 0; round < 20; round++) {
      try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        dead.bind(UnixDomainSocketAddress.of(path));
      }
      Callable<Opened> start =
          () -> Listeners.open(new UnixPath(path.toString()), ListenOptions.DEFAULT);
      List<Opened> all = new ArrayList<>();
      try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
        for (Future<Opened> future : threads.invokeAll(List.of(start, start, start, start))) {
          all.add(future.get());
        }
      }
      List<Listener> winners = new ArrayList<>();
      for (Opened opened : all) {
        if (opened instanceof Opened.Open(Listener listener)) {
          winners.add(listener);
        }
      }
      assertThat(winners).hasSize(1);
      assertThat(canConnect(path)).isTrue();
      assertThat(winners.getFirst().removeFile()).isTrue();
      winners.getFirst().close();
    }
  }

  @Test
  void removesItsOwnFileOnly() throws IOException {
    Path path = folder.resolve("app.sock");
    Listener listener = open(new UnixPath(path.toString()));
    Files.delete(path);
    Files.writeString(path, "another's");
    assertThat(listener.removeFile()).isFalse();
    assertThat(path).exists();
  }

  @Test
  void anAbstractNameIsTakenOnce() throws IOException {
    UnixAbstract name = new UnixAbstract("kidreaper-" + UUID.randomUUID());
    open(name);
    assertThat(refusal(name)).contains("another process is listening there");
    assertThat(Files.readString(Path.of("/proc/net/unix"))).contains("@" + name.name() + "\n");
  }

  @Test
  void aSocketLeftOpenBySomebodyElseIsFoundOutAndCopied() {
    Listener theirs = open(new UnixPath(folder.resolve("app.sock").toString()));
    Listener ours = open(new Inherited(theirs.fd()));
    assertThat(ours.fd()).isNotEqualTo(theirs.fd());
    assertThat(ours.address()).isEqualTo(theirs.address());
    assertThat(ours.removeFile()).as("removed a file that is not its own").isFalse();
  }

  @Test
  void aDescriptorThatIsNoListeningSocketIsRefused() throws IOException {
    assertThat(refusal(new Inherited(99_999))).contains("fd:99999", "is not open");
    int file = libc.openForReading("/proc/self/stat");
    int before = openDescriptors();
    assertThat(refusal(new Inherited(file))).contains("is not a socket");
    int idle = SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_STREAM);
    assertThat(refusal(new Inherited(idle))).contains("nobody called listen()");
    int datagram = SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_DGRAM);
    assertThat(refusal(new Inherited(datagram))).contains("is not a stream socket");
    assertThat(openDescriptors()).isEqualTo(before + 2);
    libc.close(file);
    libc.close(idle);
    libc.close(datagram);
  }

  @Test
  void theSocketOfAnotherProcessIsTakenBackByItsPidfd() throws IOException {
    Listener theirs = open(new UnixPath(folder.resolve("app.sock").toString()));
    int self = libc.pidfdOpen((int) ProcessHandle.current().pid());
    try {
      Opened taken = Listeners.takeBack(self, theirs.fd());
      assertThat(taken).isInstanceOf(Opened.Open.class);
      Listener ours = ((Opened.Open) taken).listener();
      open.add(ours);
      theirs.close();
      assertThat(canConnect(folder.resolve("app.sock"))).isTrue();
      assertThat(Listeners.takeBack(self, 99_999).toString()).contains("EBADF");
    } finally {
      libc.close(self);
    }
  }

  private static int openDescriptors() throws IOException {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return (int) files.count();
    }
  }

  private Listener open(ListenAddress address) {
    return open(address, ListenOptions.DEFAULT);
  }

  private Listener open(ListenAddress address, ListenOptions options) {
    Opened opened = Listeners.open(address, options);
    assertThat(opened).isInstanceOf(Opened.Open.class);
    Listener listener = ((Opened.Open) opened).listener();
    open.add(listener);
    return listener;
  }

  private static String refusal(ListenAddress address) {
    Opened opened = Listeners.open(address, ListenOptions.DEFAULT);
    assertThat(opened).isInstanceOf(Opened.Refused.class);
    return ((Opened.Refused) opened).reason();
  }

  private static boolean canConnect(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean canConnect(Path path) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
