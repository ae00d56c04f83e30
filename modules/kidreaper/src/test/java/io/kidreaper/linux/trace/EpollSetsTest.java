package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the kernel tells of an epoll set. */
class EpollSetsTest {
  private static final String HEAD = "pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t26\n";

  @Test
  void aWatchedFileHasItsNumberAndItsInode() {
    String info =
        HEAD
            + "tfd:        5 events:       19 data:                5  pos:0 ino:84ebff sdev:9\n"
            + "tfd:       13 events:     2001 data:     7f50120e5240  pos:0 ino:1f sdev:9\n";

    assertThat(EpollSets.parse(info))
        .containsExactly(
            new EpollSets.Watched(5, OptionalLong.of(0x84ebff)),
            new EpollSets.Watched(13, OptionalLong.of(0x1f)));
  }

  @Test
  void olderKernelsTellNoInode() {
    assertThat(
            EpollSets.parse("pos:\t0\nflags:\t02\ntfd:        5 events:       1d data:        5\n"))
        .containsExactly(new EpollSets.Watched(5, OptionalLong.empty()));
  }

  /** So is one for output, and one for a single event that has come. */
  @Test
  void aFileWhoseInputIsNotAwaitedDoesNotCount() {
    assertThat(
            EpollSets.parse(
                HEAD + "tfd:        5 events:       1c data:        5  pos:0 ino:84ebff sdev:9\n"))
        .isEmpty();
  }

  @Test
  void anotherKindOfFileWatchesNothing() {
    assertThat(EpollSets.parse(HEAD)).isEmpty();
    assertThat(EpollSets.parse("tfd: x events: y\n")).isEmpty();
    assertThat(EpollSets.parse("tfd:")).isEmpty();
  }
}
