package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a wait call waits for, from a /proc and a memory of the test's own; x86-64's numbers. */
class ListenerWaitTest {
  private static final int PID = 42;
  private static final int ACCEPT = 43;
  private static final int POLL = 7;
  private static final int SELECT = 23;
  private static final int EPOLL_WAIT = 232;
  private static final int RESTART = 219;
  private static final int EFAULT = 14;
  private static final long MEMORY = 0x7000_0000L;
  private static final short IN = 1;
  private static final short OUT = 4;

  @TempDir Path proc;

  private final Architecture architecture = new X86Sixty4();
  private final ByteBuffer memory = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
  private ConnectionsHeld held;
  private ListenerWait wait;

  /** Descriptor 3 listens, 4 is another socket, 5 a pipe. */
  @BeforeEach
  void makeProcess() throws IOException {
    Path fds = Files.createDirectories(proc.resolve(PID + "/fd"));
    Files.createSymbolicLink(fds.resolve("3"), Path.of("socket:[100]"));
    Files.createSymbolicLink(fds.resolve("4"), Path.of("socket:[200]"));
    Files.createSymbolicLink(fds.resolve("5"), Path.of("pipe:[7]"));
    Path net = Files.createDirectories(proc.resolve(PID + "/net"));
    Files.writeString(
        net.resolve("unix"),
        """
        Num RefCount
        0000000000000001: 00000002 00000000 00010000 0001 01 100 /run/s
        0000000000000002: 00000003 00000000 00000000 0001 03 200
        """);
    held = new ConnectionsHeld(proc, PID, architecture, new SocketTables(proc, PID));
    assertThat(held.now()).isEqualTo(new Holding.Nothing());
    wait = new ListenerWait(architecture, held, new EpollSets(new Proc(proc), PID), this::read);
  }

  @AfterEach
  void close() {
    held.close();
  }

  private long read(long address, MemorySegment buffer) {
    if (address < MEMORY || address - MEMORY + buffer.byteSize() > memory.capacity()) {
      return -EFAULT;
    }
    byte[] bytes = new byte[(int) buffer.byteSize()];
    memory.get((int) (address - MEMORY), bytes);
    MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
    return bytes.length;
  }

  private void epoll(int fd, String... lines) throws IOException {
    Path info = Files.createDirectories(proc.resolve(PID + "/fdinfo"));
    Files.writeString(info.resolve(Integer.toString(fd)), String.join("\n", lines) + "\n");
  }

  private void poll(int index, int fd, short events) {
    memory.putInt(index * 8, fd).putShort(index * 8 + 4, events);
  }

  @ParameterizedTest
  @CsvSource({"3, true", "4, false", "5, false", "6, false", "-1, false"})
  void acceptWaitsForItsFirstArgument(int fd, boolean listener) {
    assertThat(wait.isOf(new WaitCall(ACCEPT, fd, 0))).isEqualTo(listener);
  }

  @Test
  void pollWaitsForAnyOfItsArray() {
    poll(0, 5, IN);
    poll(1, -1, IN);
    poll(2, 3, IN);

    assertThat(wait.isOf(new WaitCall(POLL, MEMORY, 3))).isTrue();
    assertThat(wait.isOf(new WaitCall(POLL, MEMORY, 2))).isFalse();
    assertThat(wait.isOf(new WaitCall(RESTART, MEMORY, 3))).isTrue();
  }

  @Test
  void aListenerWhoseInputIsNotPolledIsNotWaitedFor() {
    poll(0, 3, OUT);

    assertThat(wait.isOf(new WaitCall(POLL, MEMORY, 1))).isFalse();
  }

  /** nanosleep(what is asked for, where the rest goes), continued. */
  @Test
  void aSleepThatGoesOnIsNoPoll() {
    poll(0, 3, IN);

    assertThat(wait.isOf(new WaitCall(RESTART, MEMORY, MEMORY + 64))).isFalse();
    assertThat(wait.isOf(new WaitCall(RESTART, MEMORY, 0))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"8, 4, true", "8, 3, false", "32, 6, false", "40, 6, true", "8, 900, true"})
  void selectWaitsForTheBitsOfItsSet(long bits, long count, boolean listener) {
    memory.putLong(0, bits);

    assertThat(wait.isOf(new WaitCall(SELECT, count, MEMORY))).isEqualTo(listener);
  }

  @Test
  void selectWithoutASetForReadingWaitsForNoListener() {
    assertThat(wait.isOf(new WaitCall(SELECT, 0, 0))).isFalse();
    assertThat(wait.isOf(new WaitCall(SELECT, 4, 0))).isFalse();
  }

  @Test
  void memoryThatCannotBeReadIsNoListener() {
    assertThat(wait.isOf(new WaitCall(POLL, MEMORY + 1020, 2))).isFalse();
    assertThat(wait.isOf(new WaitCall(SELECT, 4, MEMORY - 8))).isFalse();
  }

  @Test
  void aWaitThroughAnEpollSetIsNoDirectOne() throws IOException {
    epoll(6, "tfd: 9 events: 19 data: 9  pos:0 ino:64 sdev:9");
    poll(0, 6, IN);
    poll(1, 3, IN);
    WaitCall ofTheSet = new WaitCall(POLL, MEMORY, 1);

    assertThat(wait.isOf(ofTheSet)).isTrue();
    assertThat(wait.isDirectlyOf(ofTheSet)).isFalse();
    assertThat(wait.isDirectlyOf(new WaitCall(POLL, MEMORY, 2))).isTrue();
    assertThat(wait.isDirectlyOf(new WaitCall(ACCEPT, 3, 0))).isTrue();
    assertThat(wait.isDirectlyOf(new WaitCall(ACCEPT, 4, 0))).isFalse();
  }

  @Test
  void anEpollSetIsKnownByTheInodesInIt() throws IOException {
    epoll(6, "tfd: 9 events: 19 data: 9  pos:0 ino:64 sdev:9"); // 0x64 is 100
    epoll(7, "tfd: 4 events: 19 data: 4  pos:0 ino:c8 sdev:9");

    assertThat(wait.isOf(new WaitCall(EPOLL_WAIT, 6, 0))).isTrue();
    assertThat(wait.isOf(new WaitCall(EPOLL_WAIT, 7, 0))).isFalse();
  }

  @Test
  void onOlderKernelsByTheDescriptors() throws IOException {
    epoll(6, "tfd: 3 events: 19 data: 3");

    assertThat(wait.isOf(new WaitCall(EPOLL_WAIT, 6, 0))).isTrue();
  }

  @Test
  void anEpollSetMayBePolledAndMayBeInAnother() throws IOException {
    epoll(6, "tfd: 7 events: 19 data: 7  pos:0 ino:1a sdev:e");
    epoll(7, "tfd: 3 events: 19 data: 3  pos:0 ino:64 sdev:9");
    poll(0, 7, IN);

    assertThat(wait.isOf(new WaitCall(POLL, MEMORY, 1))).isTrue();
    assertThat(wait.isOf(new WaitCall(EPOLL_WAIT, 6, 0))).isTrue();
  }

  /** The kernel forbids it; a look must end all the same. */
  @Test
  void setsThatAreInEachOtherEnd() throws IOException {
    epoll(6, "tfd: 7 events: 19 data: 7  pos:0 ino:1a sdev:e");
    epoll(7, "tfd: 6 events: 19 data: 6  pos:0 ino:1a sdev:e");

    assertThat(wait.isOf(new WaitCall(EPOLL_WAIT, 6, 0))).isFalse();
  }
}
