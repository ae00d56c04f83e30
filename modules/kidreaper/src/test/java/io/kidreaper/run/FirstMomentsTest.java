package io.kidreaper.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.LinuxProcesses;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcRead;
import io.kidreaper.linux.StatFile;
import io.kidreaper.linux.SystemFacts;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.watch.RequestCounters;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as the size of a worker that has not grown yet; the worker is this JVM. */
class FirstMomentsTest {
  private static final long LONG_NANOS = 60_000_000_000L;

  private final NativeLibc libc = new NativeLibc();
  private final ProcFs proc = new ProcFs(libc, Path.of("/proc"));
  private final ProcessId self = self();

  private ProcessId self() {
    int pid = (int) ProcessHandle.current().pid();
    if (proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat)) {
      return new ProcessId(pid, stat.startTicks());
    }
    throw new AssertionError("this process has no stat file");
  }

  private FirstMoments ready(OptionalLong accepted) {
    return ready(accepted, System.nanoTime());
  }

  private FirstMoments ready(OptionalLong accepted, long notYetNanos) {
    FirstMoments moments =
        new FirstMoments(
            new LinuxProcesses(libc, proc, SystemFacts.read(proc)),
            new RequestCounters(),
            _ -> accepted);
    moments.ready(self, notYetNanos);
    return moments;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void oneThatHasJustItsFirstConnectionShowsWhatAFreshOneNeeds(long accepted) {
    FirstMoments moments = ready(OptionalLong.of(accepted));

    assertThat(moments.bootBytes(self)).isPresent();
    assertThat(moments.bootBytes(self)).isEqualTo(moments.freshBytes());
    assertThat(moments.bootBytes(self).getAsLong()).isGreaterThan(1 << 20);
  }

  @Test
  void oneThatWasSeenLateMayHaveGrownAndStillCountsForTheRoomThatOneMoreNeeds() {
    FirstMoments moments = ready(OptionalLong.of(2));

    assertThat(moments.bootBytes(self)).isEmpty();
    assertThat(moments.freshBytes()).isPresent();
  }

  @Test
  void whereNobodyCountsItHasToBeReadSoon() {
    long now = System.nanoTime();

    assertThat(ready(OptionalLong.empty(), now).bootBytes(self)).isPresent();
    assertThat(ready(OptionalLong.empty(), now - LONG_NANOS).bootBytes(self)).isEmpty();
    assertThat(ready(OptionalLong.of(0), now - LONG_NANOS).bootBytes(self)).isPresent();
  }

  @Test
  void thoseThatAreGoneAreForgotten() {
    FirstMoments moments = ready(OptionalLong.of(0));
    moments.keepOnly(List.of());

    assertThat(moments.bootBytes(self)).isEmpty();
    assertThat(moments.freshBytes()).isEmpty();
  }
}
