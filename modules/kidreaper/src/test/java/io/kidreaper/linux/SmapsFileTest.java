package io.kidreaper.linux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.memory.Area;
import io.kidreaper.memory.AreaKind;
import io.kidreaper.memory.Composition;
import io.kidreaper.memory.Rollup;
import io.kidreaper.pool.ProcessId;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmapsFileTest {
  private static final long KB = 1024;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          HEAP          | 5560-5570 rw-p 00000000 00:00 0 [heap]
          STACKS        | 7ffd0-7ffd1 rw-p 00000000 00:00 0 [stack]
          FILES         | 7f00-7f01 r-xp 00000000 08:01 77 /usr/lib/libc.so.6
          FILES         | 7f00-7f01 rw-s 00000000 08:01 77 /var/cache/with a blank
          FILES         | 7fff0-7fff1 r-xp 00000000 00:00 0 [vdso]
          SHARED_MEMORY | 7f00-7f01 rw-s 00000000 00:01 99 /dev/zero (deleted)
          SHARED_MEMORY | 7f00-7f01 rw-s 00000000 00:01 99 /SYSV00000000 (deleted)
          SHARED_MEMORY | 7f00-7f01 rw-s 00000000 00:01 99 /memfd:opcache (deleted)
          ARENAS        | 7f00-7f01 rw-p 00000000 00:00 0 [anon: glibc: malloc arena]
          ANONYMOUS     | 7f00-7f01 rw-p 00000000 00:00 0
          """)
  void whatAMappingIsForIsToldByItsName(AreaKind kind, String head) {
    assertThat(SmapsFile.parse(text(mapping(head, 8, 4))).of(kind).privateBytes())
        .isEqualTo(8 * KB);
  }

  @Test
  void anArenaIsToldByTheUnusableRestThatFollowsIt() {
    Composition memory =
        SmapsFile.parse(
            text(
                mapping("7f0a0c000000-7f0a0c021000 rw-p 00000000 00:00 0", 8, 0),
                mapping("7f0a0c021000-7f0a10000000 ---p 00000000 00:00 0", 0, 0)));
    assertThat(memory.of(AreaKind.ARENAS).privateBytes()).isEqualTo(8 * KB);
    assertThat(memory.mappings()).isEqualTo(2);
  }

  @Test
  void aThreadsStackIsToldByTheGuardBelowIt() {
    Composition memory =
        SmapsFile.parse(
            text(
                mapping("7f0a0c020000-7f0a0c021000 ---p 00000000 00:00 0", 0, 0),
                mapping("7f0a0c021000-7f0a0c821000 rw-p 00000000 00:00 0", 8, 0)));
    assertThat(memory.of(AreaKind.STACKS).privateBytes()).isEqualTo(8 * KB);
  }

  @Test
  void whatForkSharesIsTheSharedPartOfAnonymousMemory() {
    Area area = SmapsFile.parse(text(mapping("5560-5570 rw-p 0 00:00 0 [heap]", 8, 4))).total();
    assertThat(area.sharedAnonymousBytes()).isEqualTo(4 * KB);
    assertThat(area.privateAnonymousBytes()).isEqualTo(8 * KB);
  }

  @Test
  void memorySharedByIntentIsNotWhatForkShares() {
    Composition memory =
        SmapsFile.parse(text(mapping("7f00-7f01 rw-s 0 00:01 99 /dev/zero (deleted)", 8, 4)));
    assertThat(memory.total().sharedAnonymousBytes()).isZero();
    assertThat(memory.withoutSharedMemory()).isEqualTo(Area.NONE);
  }

  @Test
  void aFileThatEndsEarlyIsRefused() {
    byte[] whole = text(mapping("5560-5570 rw-p 0 00:00 0 [heap]", 8, 4));
    assertThatThrownBy(() -> SmapsFile.parse(java.util.Arrays.copyOf(whole, whole.length - 40)))
        .isInstanceOf(MalformedProcFileException.class);
    assertThatThrownBy(() -> SmapsFile.parse(text("nonsense\n")))
        .isInstanceOf(MalformedProcFileException.class);
  }

  /** The kernel adds up the same itself. */
  @Test
  void theSumsOfThisProcessAreThoseOfTheKernel() {
    ProcFs proc = new ProcFs(new NativeLibc(), Path.of("/proc"));
    int self = (int) ProcessHandle.current().pid();
    WorkerLook look = new WorkerLook(proc);
    if (!(proc.stat(self) instanceof ProcRead.Found<StatFile>(StatFile stat))) {
      throw new AssertionError("no stat of this process");
    }
    ProcessId id = new ProcessId(self, stat.startTicks());
    if (look.composition(id)
            instanceof WorkerLook.Result.Seen<Composition>(Composition memory, long _, long _)
        && look.sums(id) instanceof WorkerLook.Result.Seen<Rollup>(Rollup sums, long _, long _)) {
      // A JVM never stands still; the two readings are a moment apart.
      assertThat((double) memory.total().rssBytes() / sums.rssBytes()).isBetween(0.9, 1.1);
      assertThat((double) memory.total().privateBytes() / sums.privateBytes()).isBetween(0.9, 1.1);
      assertThat((double) memory.total().anonymousBytes() / sums.anonymousBytes())
          .isBetween(0.9, 1.1);
      return;
    }
    throw new AssertionError("this process cannot be read");
  }

  @Test
  void anotherProcessOfTheSamePidIsNotRead() {
    ProcFs proc = new ProcFs(new NativeLibc(), Path.of("/proc"));
    ProcessId other = new ProcessId((int) ProcessHandle.current().pid(), 1);
    assertThat(new WorkerLook(proc).sums(other)).isInstanceOf(WorkerLook.Result.Vanished.class);
  }

  private static byte[] text(String... mappings) {
    return String.join("", mappings).getBytes(ISO_8859_1);
  }

  private static String mapping(String head, int privateKb, int sharedKb) {
    return head
        + """

        Size:                 64 kB
        Rss:                %4d kB
        Pss:                %4d kB
        Shared_Clean:          0 kB
        Shared_Dirty:       %4d kB
        Private_Clean:         0 kB
        Private_Dirty:      %4d kB
        Anonymous:          %4d kB
        LazyFree:              0 kB
        AnonHugePages:         0 kB
        Shared_Hugetlb:        0 kB
        Private_Hugetlb:       0 kB
        Swap:                  0 kB
        SwapPss:               0 kB
        VmFlags: rd wr mr mw me ac
        """
            .formatted(
                privateKb + sharedKb,
                privateKb + sharedKb / 2,
                sharedKb,
                privateKb,
                privateKb + sharedKb);
  }
}
