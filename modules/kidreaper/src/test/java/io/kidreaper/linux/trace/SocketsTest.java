package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.trace.Sockets.Local;
import io.kidreaper.linux.trace.Sockets.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The kernel's tables of sockets, with texts as the kernel writes them. */
class SocketsTest {
  private static final String TCP_HEAD =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
          + "  timeout inode                                                     \n";
  private static final String UNIX_HEAD =
      "Num       RefCount Protocol Flags    Type St Inode Path\n";

  @Test
  void aTcpTableIsRead() {
    List<Socket> sockets =
        Sockets.parseTcp(
            TCP_HEAD
                + "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000"
                + "    33        0 4711 1 0000000000000000 100 0 0 10 0                     \n"
                + "   1: 0100007F:1F90 0100007F:D2F0 08 00000000:00000000 00:00000000 00000000"
                + "    33        0 4712 1 0000000000000000 20 4 30 10 -1                    \n"
                + "   2: 0100007F:1F90 0100007F:D2F2 06 00000000:00000000 03:000005D5 00000000"
                + "     0        0 0 3 0000000000000000                                    \n");

    Local local = new Local.Tcp("7F000001", 8080);
    assertThat(sockets)
        .containsExactly(
            new Socket(4711, true, local),
            new Socket(4712, false, local),
            new Socket(0, false, local));
  }

  @Test
  void anAddressOfIpv4InIpv6IsThatOfIpv4() {
    List<Socket> sockets =
        Sockets.parseTcp(
            TCP_HEAD
                + "   0: 0000000000000000FFFF00000100007F:1F90"
                + " 0000000000000000FFFF00000100007F:D2F0 01 00000000:00000000 00:00000000 00000000"
                + "     0        0 99 1 0000000000000000 20 4 30 10 -1\n");

    assertThat(sockets).containsExactly(new Socket(99, false, new Local.Tcp("7F000001", 8080)));
  }

  @Test
  void anAddressOfIpv6IsPutInOrder() {
    List<Socket> sockets =
        Sockets.parseTcp(
            "   0: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A"
                + " 00000000:00000000 00:00000000 00000000     0        0 5 1 0 100 0 0 10 0\n");

    assertThat(sockets)
        .containsExactly(
            new Socket(5, true, new Local.Tcp("20010DB8000000000000000000000001", 80)));
  }

  @Test
  void aWildcardListenerOfEitherFamilyMatchesAnyAddressOfItsPort() {
    Local four = Local.Tcp.of("00000000", 80);
    Local six = Local.Tcp.of("00000000000000000000000000000000", 80);
    Local connection = Local.Tcp.of("0A000001", 80);

    assertThat(connection.cameFrom(four)).isTrue();
    assertThat(connection.cameFrom(six)).isTrue();
    assertThat(Local.Tcp.of("0A000001", 81).cameFrom(six)).isFalse();
    assertThat(connection.cameFrom(Local.Tcp.of("0A000002", 80))).isFalse();
    assertThat(connection.cameFrom(new Local.Unix("/run/s"))).isFalse();
  }

  @Test
  void aUnixTableIsRead() {
    List<Socket> sockets =
        Sockets.parseUnix(
            UNIX_HEAD
                + "00000000aabbccdd: 00000002 00000000 00010000 0001 01   123 /run/pool.sock\n"
                + "00000000aabbccde: 00000003 00000000 00000000 0001 03 12345 /run/pool.sock\n"
                + "00000000aabbccdf: 00000003 00000000 00000000 0001 03 12346\n"
                + "00000000aabbcce0: 00000002 00000000 00010000 0005 01 12347 @abstract\n");

    assertThat(sockets)
        .containsExactly(
            new Socket(123, true, new Local.Unix("/run/pool.sock")),
            new Socket(12345, false, new Local.Unix("/run/pool.sock")),
            new Socket(12346, false, new Local.Unix("")),
            new Socket(12347, true, new Local.Unix("@abstract")));
  }

  @Test
  void aNameMayHoldAnything() {
    String name = "@odd \u00ff\n 00\nnot: an entry\n";
    List<Socket> sockets =
        Sockets.parseUnix(
            UNIX_HEAD
                + "00000000aabbccdd: 00000002 00000000 00010000 0001 01 1 "
                + name
                + "\n00000000aabbccde: 00000003 00000000 00000000 0001 03 2 "
                + name
                + "\n");

    assertThat(sockets)
        .containsExactly(
            new Socket(1, true, new Local.Unix(name)), new Socket(2, false, new Local.Unix(name)));
    assertThat(sockets.get(1).local().cameFrom(sockets.get(0).local())).isTrue();
  }

  @Test
  void socketsWithoutANameCameFromNobody() {
    assertThat(new Local.Unix("").cameFrom(new Local.Unix(""))).isFalse();
  }
}
