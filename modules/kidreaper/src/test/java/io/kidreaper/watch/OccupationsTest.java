package io.kidreaper.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.pool.Occupation;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Activity;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real process; what is seen of it is said by the test. */
class OccupationsTest {
  private Process cat;
  private ProcessId worker;
  private int looks;
  private Activity activity = new Activity.Idle();
  private final Occupations occupations =
      new Occupations(
          _ -> {
            looks++;
            return activity;
          },
          new ProcFs(new NativeLibc(), Path.of("/proc")));

  @BeforeEach
  void start() throws IOException {
    cat = new ProcessBuilder("cat").redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    worker = new ProcessId((int) cat.pid(), 1);
  }

  @AfterEach
  void end() {
    cat.destroyForcibly();
  }

  @Test
  void whoSleepsIsLookedAtOnce() {
    settle();
    int before = looks;
    for (int i = 0; i < 10; i++) {
      occupations.refresh(worker);
    }
    assertThat(looks).isEqualTo(before);
    assertThat(occupations.of(worker)).isEqualTo(Occupation.IDLE);
  }

  @Test
  void whoHasRunIsLookedAtAgain() throws IOException {
    settle();
    activity = new Activity.Serving(1);
    OutputStream in = cat.getOutputStream();
    in.write('x');
    in.flush();
    await()
        .until(() -> {
          occupations.refresh(worker);
          return occupations.of(worker) == Occupation.BUSY;
        });
  }

  @Test
  void whoIsNoWorkerAnyMoreIsForgotten() {
    occupations.refresh(worker);
    occupations.keepOnly(Set.of());
    assertThat(occupations.of(worker)).isEqualTo(Occupation.UNKNOWN);
  }

  /** Until its start is over. */
  private void settle() {
    await()
        .until(() -> {
          int before = looks;
          occupations.refresh(worker);
          Thread.sleep(50);
          occupations.refresh(worker);
          return looks == before;
        });
  }
}
