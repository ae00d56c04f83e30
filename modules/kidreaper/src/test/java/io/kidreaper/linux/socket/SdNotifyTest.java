package io.kidreaper.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.Native;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.socket.SdNotify.Sent;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SdNotifyTest {
  // ssize_t recv(int sockfd, void *buf, size_t len, int flags);
  private static final MethodHandle RECV =
      Native.required(
          "recv",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));

  private final Libc libc = new NativeLibc();

  @TempDir Path folder;

  @Test
  void aSupervisorAtAPathReceivesEachMessageAsOneDatagram() {
    String path = folder.resolve("notify").toString();
    int supervisor = supervisor(SocketAddressBytes.unixPath(path));
    try {
      SdNotify notify = SdNotify.from(Map.of("NOTIFY_SOCKET", path));
      assertThat(notify.ready("5 workers\nof 5")).isEqualTo(new Sent.Delivered());
      assertThat(receive(supervisor))
          .isEqualTo(
              "READY=1\nMAINPID=%d\nSTATUS=5 workers of 5"
                  .formatted(ProcessHandle.current().pid()));
      assertThat(notify.stopping("bye")).isEqualTo(new Sent.Delivered());
      assertThat(receive(supervisor)).isEqualTo("STOPPING=1\nSTATUS=bye");
      notify.watchdog();
      assertThat(receive(supervisor)).isEqualTo("WATCHDOG=1");
      notify.mainPid(42);
      assertThat(receive(supervisor)).isEqualTo("MAINPID=42");
      notify.reloading(123);
      assertThat(receive(supervisor)).isEqualTo("RELOADING=1\nMONOTONIC_USEC=123");
    } finally {
      libc.close(supervisor);
    }
  }

  @Test
  void aSupervisorAtAnAbstractNameReceivesToo() {
    String name = "kidreaper-" + UUID.randomUUID();
    int supervisor = supervisor(SocketAddressBytes.unixAbstract(name));
    try {
      assertThat(SdNotify.from(Map.of("NOTIFY_SOCKET", "@" + name)).status("x"))
          .isEqualTo(new Sent.Delivered());
      assertThat(receive(supervisor)).isEqualTo("STATUS=x");
    } finally {
      libc.close(supervisor);
    }
  }

  @Test
  void aSupervisorThatDoesNotReadNeverHoldsUsUp() {
    String path = folder.resolve("notify").toString();
    int supervisor = supervisor(SocketAddressBytes.unixPath(path));
    try {
      SdNotify notify = SdNotify.from(Map.of("NOTIFY_SOCKET", path));
      Sent last = new Sent.Delivered();
      for (int i = 0; i < 100_000 && last instanceof Sent.Delivered; i++) {
        last = notify.watchdog();
      }
      assertThat(last).isInstanceOf(Sent.Failed.class);
    } finally {
      libc.close(supervisor);
    }
  }

  @Test
  void nobodyAndNonsenseAreAnswersNotErrors() {
    assertThat(SdNotify.from(Map.of()).watchdog()).isEqualTo(new Sent.NobodyListens());
    assertThat(SdNotify.from(Map.of("NOTIFY_SOCKET", "")).watchdog())
        .isEqualTo(new Sent.NobodyListens());
    for (String name : new String[] {"vsock:2:1", "/no/such/socket", "/" + "x".repeat(107)}) {
      assertThat(SdNotify.from(Map.of("NOTIFY_SOCKET", name)).watchdog())
          .isInstanceOf(Sent.Failed.class);
    }
  }

  @Test
  void theWatchdogIsOursOnlyIfItIsMeantForUs() {
    assertThat(SdNotify.watchdogMicros(Map.of("WATCHDOG_USEC", "30000000"), 7))
        .isEqualTo(OptionalLong.of(30_000_000));
    assertThat(SdNotify.watchdogMicros(Map.of("WATCHDOG_USEC", "3", "WATCHDOG_PID", "7"), 7))
        .isEqualTo(OptionalLong.of(3));
    assertThat(SdNotify.watchdogMicros(Map.of("WATCHDOG_USEC", "3", "WATCHDOG_PID", "8"), 7))
        .isEmpty();
    assertThat(SdNotify.watchdogMicros(Map.of("WATCHDOG_USEC", "0"), 7)).isEmpty();
    assertThat(SdNotify.watchdogMicros(Map.of("WATCHDOG_USEC", "soon"), 7)).isEmpty();
    assertThat(SdNotify.watchdogMicros(Map.of(), 7)).isEmpty();
  }

  private int supervisor(byte[] address) {
    int fd = SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_DGRAM);
    assertThat(SocketCalls.bind(fd, address)).isZero();
    return fd;
  }

  private String receive(int fd) {
    assertThat(libc.pollReadable(fd, 5000)).isEqualTo(1);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(4096);
      long bytes = (long) RECV.invokeExact(Native.state(), fd, buffer, 4096L, 0);
      return new String(
          buffer.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    } catch (Throwable e) {
      throw Native.unexpected("recv", e);
    }
  }
}
