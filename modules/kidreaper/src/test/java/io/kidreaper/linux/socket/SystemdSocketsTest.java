package io.kidreaper.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.socket.ListenAddress.Inherited;
import io.kidreaper.linux.socket.SystemdSockets.Found;
import io.kidreaper.linux.socket.SystemdSockets.Passed;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SystemdSocketsTest {
  private static final long PID = 4711;

  @Test
  void namesSocketsInTheOrderOfTheirDescriptors() {
    assertThat(read(Map.of("LISTEN_PID", "4711", "LISTEN_FDS", "3", "LISTEN_FDNAMES", "web::x")))
        .isEqualTo(
            new Found.Sockets(
                List.of(
                    new Passed(new Inherited(3), "web"),
                    new Passed(new Inherited(4), "unknown"),
                    new Passed(new Inherited(5), "x"))));
  }

  @Test
  void leavesVariablesAloneThatAreMeantForAnotherProcess() {
    assertThat(read(Map.of("LISTEN_PID", "4712", "LISTEN_FDS", "1")))
        .isEqualTo(new Found.Sockets(List.of()));
    assertThat(read(Map.of("LISTEN_FDS", "1"))).isEqualTo(new Found.Sockets(List.of()));
    assertThat(read(Map.of())).isEqualTo(new Found.Sockets(List.of()));
  }

  @Test
  void refusesWhatIsNoNumber() {
    assertThat(read(Map.of("LISTEN_PID", "me", "LISTEN_FDS", "1")))
        .isEqualTo(new Found.Refused("LISTEN_PID=\"me\" is no process id, such as 4711"));
    for (String count : List.of("-1", "x", "", "1001", "99999999999")) {
      assertThat(read(Map.of("LISTEN_PID", "4711", "LISTEN_FDS", count)))
          .isInstanceOf(Found.Refused.class);
    }
  }

  private static Found read(Map<String, String> environment) {
    return SystemdSockets.read(environment, PID);
  }
}
