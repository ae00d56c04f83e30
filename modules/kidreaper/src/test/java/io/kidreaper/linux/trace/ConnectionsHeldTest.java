package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process holds, from a /proc of the test's own. */
class ConnectionsHeldTest {
  private static final int PID = 42;

  @TempDir Path proc;

  private Path fds;
  private Path net;

  @BeforeEach
  void makeProcess() throws IOException {
    fds = Files.createDirectories(proc.resolve(PID + "/fd"));
    net = Files.createDirectories(proc.resolve(PID + "/net"));
    link(0, "socket:[100]");
    link(1, "/dev/null");
    link(2, "pipe:[7]");
    unix(listener(100));
  }

  private void link(int fd, String target) throws IOException {
    Files.createSymbolicLink(fds.resolve(Integer.toString(fd)), Path.of(target));
  }

  private void unix(String... lines) throws IOException {
    Files.writeString(net.resolve("unix"), "Num RefCount\n" + String.join("\n", lines) + "\n");
  }

  private static String listener(int inode) {
    return "0000000000000001: 00000002 00000000 00010000 0001 01 " + inode + " /run/s";
  }

  private static String connection(int inode, String path) {
    return "0000000000000002: 00000003 00000000 00000000 0001 03 " + inode + " " + path;
  }

  private ConnectionsHeld held() {
    return new ConnectionsHeld(
        proc, PID, Architecture.ofThisMachine(), new SocketTables(proc, PID));
  }

  @Test
  void aListenerAloneIsNothing() {
    try (ConnectionsHeld held = held()) {
      assertThat(held.now()).isEqualTo(new Holding.Nothing());
    }
  }

  @Test
  void acceptedConnectionsAreCounted() throws IOException {
    link(5, "socket:[101]");
    link(6, "socket:[102]");
    link(7, "socket:[103]");
    unix(listener(100), connection(101, "/run/s"), connection(102, ""), connection(103, "/run/s"));

    try (ConnectionsHeld held = held()) {
      assertThat(held.now()).isEqualTo(new Holding.Connections(2));
    }
  }

  @Test
  void aConnectionCountsUntilItsDescriptorIsClosedOrAnothers() throws IOException {
    try (ConnectionsHeld held = held()) {
      link(5, "socket:[101]");
      unix(listener(100), connection(101, "/run/s"));
      assertThat(held.now()).isEqualTo(new Holding.Connections(1));

      Files.delete(net.resolve("unix")); // still open: no table is needed to tell
      assertThat(held.now()).isEqualTo(new Holding.Connections(1));

      Files.delete(fds.resolve("5"));
      link(5, "/etc/motd");
      assertThat(held.now()).isEqualTo(new Holding.Nothing());
    }
  }

  @Test
  void anUnlinkedTwinOfTheListenerChangesNothing() throws IOException {
    link(9, "socket:[100]");

    try (ConnectionsHeld held = held()) {
      assertThat(held.now()).isEqualTo(new Holding.Nothing());
    }
  }

  @Test
  void aSocketNotSeenBeforeIsNotCountedUntilItMayBeLookedUp() throws IOException {
    try (ConnectionsHeld held = held()) {
      assertThat(held.now()).isEqualTo(new Holding.Nothing());
      link(5, "socket:[101]");
      unix(listener(100), connection(101, "/run/s"));

      assertThat(held.known()).isEqualTo(new Holding.Nothing());
      assertThat(held.now()).isEqualTo(new Holding.Connections(1));
    }
  }

  @Test
  void withoutAListenerItCannotBeTold() throws IOException {
    unix(connection(100, "/run/other"));

    try (ConnectionsHeld held = held()) {
      assertThat(held.now()).isEqualTo(new Holding.Unclear(Holding.Why.NO_LISTENING_SOCKET));
    }
  }

  @Test
  void aListenerOfAnotherNetworkNamespaceIsFoundInOurs() throws IOException {
    unix();
    Path ours = Files.createDirectories(proc.resolve("self/net"));
    Files.writeString(
        ours.resolve("unix"), listener(100) + "\n" + connection(101, "/run/s") + "\n");
    link(5, "socket:[101]");

    try (ConnectionsHeld held = held()) {
      assertThat(held.now()).isEqualTo(new Holding.Connections(1));
    }
  }

  @Test
  void ioUringMayAcceptUnseen() throws IOException {
    link(8, "anon_inode:[io_uring]");

    try (ConnectionsHeld held = held()) {
      assertThat(held.now()).isEqualTo(new Holding.Unclear(Holding.Why.IO_URING));
    }
  }

  @Test
  void aTableThatCannotBeReadIsNotAnEmptyOne() throws IOException {
    Files.delete(net.resolve("unix"));
    Files.createDirectory(net.resolve("unix"));

    try (ConnectionsHeld held = held()) {
      assertThat(held.now()).isEqualTo(new Holding.Unclear(Holding.Why.UNREADABLE));
    }
  }

  @Test
  void aProcessThatIsGoneIsUnreadable() {
    try (ConnectionsHeld held =
        new ConnectionsHeld(proc, 43, Architecture.ofThisMachine(), new SocketTables(proc, 43))) {
      assertThat(held.now()).isEqualTo(new Holding.Unclear(Holding.Why.UNREADABLE));
    }
  }
}
