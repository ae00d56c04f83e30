package io.kidreaper.linux.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.linux.pressure.PressureTrigger.Heard;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real cgroups, where this machine lets a test make some. */
class MemoryRoomIT {
  private static final long MB = 1 << 20;
  private static final Path ROOT = Path.of("/");

  private Path outer = ROOT;
  private Path inner = ROOT;
  private Cgroup.Version version = Cgroup.Version.V1;

  @BeforeEach
  void makeCgroups() throws IOException {
    boolean made =
        Cgroup.of(new KernelFiles(ROOT), "self") instanceof Cgroup.Found.In(Cgroup cgroup)
            && make(cgroup);
    assumeThat(made).as("a memory cgroup of our own may be made and limited").isTrue();
  }

  private boolean make(Cgroup cgroup) throws IOException {
    version = cgroup.version();
    Path own = Path.of(cgroup.folders().getFirst());
    if (!Files.isWritable(own)) {
      return false;
    }
    outer =
        own.resolve("kidreaper-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
    Files.createDirectory(outer);
    inner = Files.createDirectory(outer.resolve("inner"));
    // In version 2 a cgroup that holds processes hands no controllers down.
    return Files.isWritable(inner.resolve(version.limits().getFirst()));
  }

  @AfterEach
  void removeCgroups() {
    if (!outer.equals(ROOT)) {
      // Ended processes leave a cgroup a moment after their parent has heard of it.
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .untilAsserted(() -> {
            Files.deleteIfExists(inner);
            Files.deleteIfExists(outer);
          });
    }
  }

  private void limit(Path cgroup, long megabytes) throws IOException {
    Files.writeString(cgroup.resolve(version.limits().getFirst()), megabytes * MB + "\n");
  }

  private void move(Session session, Path cgroup) throws IOException {
    Files.writeString(cgroup.resolve("cgroup.procs"), session.pid() + "\n");
  }

  @Test
  void theTightestOfRealNestedLimitsCounts() throws IOException {
    limit(outer, 48);
    limit(inner, 40);
    try (Site site = Site.open("room")) {
      Session session = site.run("sleep", Command.of("sleep", "60"));
      move(session, inner);
      MemoryRoom room = MemoryRoom.of(session.pid());

      assertThat(room.total()).isEqualTo(new Amount.Known(40 * MB));
      assertThat(room.fits(10 * MB)).isInstanceOf(Fit.Fits.class);
      assertThat(room.fits(41 * MB)).isInstanceOf(Fit.TooTight.class);

      limit(inner, 50);
      assertThat(room.total()).isEqualTo(new Amount.Known(48 * MB));
    }
  }

  @Test
  void ownMemoryIsKnownHere() {
    MemoryRoom room = MemoryRoom.ofSelf();

    assertThat(room.total()).isInstanceOf(Amount.Known.class);
    assertThat(room.headroom()).isInstanceOf(Amount.Known.class);
  }

  /**
   * Enters a cgroup, and there writes a file and reads it over and over that is larger than all it
   * may keep of it: the pages of a file belong to the cgroup that had them read first.
   */
  private static final String THRASH =
      """
      my ($procs, $file) = @ARGV; my $end = time + 40;
      open my $cgroup, '>', $procs or die $!; print $cgroup $$; close $cgroup or die $!;
      open my $out, '>', $file or die $!;
      print $out 'x' x (1 << 20) for 1 .. 96;
      close $out;
      while (time < $end) {
        open my $in, '<', $file or die $!;
        1 while sysread $in, my $buffer, 1 << 20;
      }
      """;

  @Test
  void theKernelSaysAtOnceThatMemoryIsWaitedFor() throws IOException {
    // The version-2 file of a test's own cgroup would not count what a version-1 limit does.
    PressureTrigger.Opened opened = PressureTrigger.open(Path.of("/proc/pressure/memory"), 1);
    assumeThat(opened)
        .as("this kernel takes triggers")
        .isInstanceOf(PressureTrigger.Opened.Armed.class);
    limit(outer, 24);
    try (Site site = Site.open("room");
        PressureTrigger trigger = ((PressureTrigger.Opened.Armed) opened).trigger()) {
      site.run(
          "thrash",
          Command.of(
              "perl", "-e", THRASH, inner.resolve("cgroup.procs"), site.dir().path("large")));

      assertThat(trigger.await(30_000)).as(site.logs()).isEqualTo(Heard.PRESSURE);
    }
  }

  @Test
  void aFileThatTakesNoTriggersIsRefusedInWords() throws IOException {
    Path file = Files.createTempFile("kidreaper", "pressure");
    try {
      assertThat(PressureTrigger.open(file.resolveSibling("kidreaper-none"), 100))
          .isInstanceOfSatisfying(
              PressureTrigger.Opened.Refused.class,
              refused -> assertThat(refused.reason()).contains("ENOENT"));
      assertThat(PressureTrigger.open(Path.of("/proc/version"), 100))
          .isInstanceOf(PressureTrigger.Opened.Refused.class);
    } finally {
      Files.delete(file);
    }
  }
}
