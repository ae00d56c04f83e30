package io.kidreaper.linux.pressure;

import static io.kidreaper.linux.pressure.FakeKernel.MB;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryRoomTest {
  private static final String V1 = "/sys/fs/cgroup/memory";
  private static final String V2 = "/sys/fs/cgroup";

  @TempDir private Path root;

  private static Amount known(long bytes) {
    return new Amount.Known(bytes);
  }

  private FakeKernel kernel(int version) {
    return version == 1 ? FakeKernel.version1(root) : FakeKernel.version2(root);
  }

  private static String limit(int version, String cgroup) {
    return version == 1 ? V1 + cgroup + "/memory.limit_in_bytes" : V2 + cgroup + "/memory.max";
  }

  private static FakeKernel used(
      FakeKernel kernel, int version, String cgroup, long usedMb, long cacheMb) {
    return version == 1
        ? kernel
            .file(V1 + cgroup + "/memory.usage_in_bytes", usedMb * MB + "\n")
            .file(
                V1 + cgroup + "/memory.stat",
                "cache 1\ninactive_file 1\ntotal_inactive_file %d\n".formatted(cacheMb * MB))
        : kernel
            .file(V2 + cgroup + "/memory.current", usedMb * MB + "\n")
            .file(
                V2 + cgroup + "/memory.stat", "anon 1\ninactive_file %d\n".formatted(cacheMb * MB));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void withoutLimitsItIsTheMachines(int version) {
    MemoryRoom room = kernel(version).room();

    assertThat(room.total()).isEqualTo(known(1_000 * MB));
    assertThat(room.headroom()).isEqualTo(known(500 * MB));
  }

  @Test
  void aKernelWithoutCgroupsHasTheMachineOnly() {
    MemoryRoom room = new FakeKernel(root).file("/proc/7/mountinfo", "").room();

    assertThat(room.total()).isEqualTo(known(1_000 * MB));
  }

  @ParameterizedTest
  @CsvSource({"1, 300, 200", "1, 200, 300", "2, 300, 200", "2, 200, 300", "1, 200, 2000"})
  void ofNestedLimitsTheTightestCounts(int version, long outerMb, long innerMb) {
    MemoryRoom room =
        kernel(version)
            .file(limit(version, "/outer"), outerMb * MB + "\n")
            .file(limit(version, "/outer/inner"), innerMb * MB + "\n")
            .room();

    assertThat(room.total()).isEqualTo(known(200 * MB));
  }

  @Test
  void aLimitAboveTheMachinesMemoryIsNone() {
    assertThat(kernel(2).file(limit(2, "/outer"), 4_000 * MB + "\n").room().total())
        .isEqualTo(known(1_000 * MB));
  }

  @Test
  void whereWorkersWouldBeSlowedDownCountsAsALimit() {
    MemoryRoom room =
        used(
                kernel(2)
                    .file(V2 + "/outer/inner/memory.max", 300 * MB + "\n")
                    .file(V2 + "/outer/inner/memory.high", 250 * MB + "\n"),
                2,
                "/outer/inner",
                100,
                0)
            .room();

    assertThat(room.total()).isEqualTo(known(250 * MB));
    assertThat(room.headroom()).isEqualTo(known(150 * MB));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatIsLeftOfTheTightestLimitCountsAndIdleCacheIsFree(int version) {
    FakeKernel kernel =
        kernel(version)
            .file(limit(version, "/outer"), 300 * MB + "\n")
            .file(limit(version, "/outer/inner"), 200 * MB + "\n");
    used(kernel, version, "/outer", 290, 30);
    MemoryRoom room = used(kernel, version, "/outer/inner", 150, 50).room();

    assertThat(room.headroom()).isEqualTo(known(40 * MB));
    assertThat(room.fits(40 * MB)).isEqualTo(new Fit.Fits(40 * MB));
    assertThat(room.fits(40 * MB + 1)).isEqualTo(new Fit.TooTight(40 * MB));
  }

  @Test
  void whoUsesMoreThanTheLimitHasNothingLeft() {
    FakeKernel kernel = kernel(2).file(limit(2, "/outer/inner"), 100 * MB + "\n");

    assertThat(used(kernel, 2, "/outer/inner", 130, 0).room().headroom()).isEqualTo(known(0));
  }

  @ParameterizedTest
  @CsvSource({
    "1, /outer/memory.limit_in_bytes",
    "2, /outer/memory.max",
    "2, /outer/inner/memory.high"
  })
  void aLimitThatCannotBeReadIsUnknownAndNotNone(int version, String file) {
    MemoryRoom room = kernel(version).unreadable((version == 1 ? V1 : V2) + file).room();

    assertThat(room.total()).isInstanceOf(Amount.Unknown.class);
    assertThat(room.headroom()).isInstanceOf(Amount.Unknown.class);
    assertThat(room.fits(1)).isInstanceOf(Fit.Unknown.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12", "-5\n", "lots\n", "99999999999999999999\n"})
  void norOneThatIsNoNumber(String text) {
    assertThat(kernel(2).file(limit(2, "/outer"), text).room().total())
        .isInstanceOf(Amount.Unknown.class);
  }

  @Test
  void usageOrCacheThatCannotBeReadMakesTheRestUnknownOnly() {
    FakeKernel kernel = kernel(2).file(limit(2, "/outer/inner"), 100 * MB + "\n");
    assertThat(kernel.room().total()).isEqualTo(known(100 * MB));
    assertThat(kernel.room().headroom()).isInstanceOf(Amount.Unknown.class);

    kernel.file(V2 + "/outer/inner/memory.current", 5 * MB + "\n");
    assertThat(kernel.room().headroom()).isInstanceOf(Amount.Unknown.class);
  }

  @Test
  void aMachineThatDoesNotTellIsUnknown() {
    assertThat(kernel(2).file("/proc/meminfo", "MemFree: 5 kB\n").room().total())
        .isEqualTo(new Amount.Unknown("/proc/meminfo does not say what it should"));
  }

  @ParameterizedTest
  @CsvSource({
    "0::/../other, /, not below",
    "0::/nowhere, /, not below",
    "0::/outer, /elsewhere, not below"
  })
  void aCgroupThatCannotBeSeenIsUnknownAndNotUnlimited(
      String membership, String mountRoot, String reason) {
    Amount total =
        kernel(2)
            .file("/proc/7/cgroup", membership + "\n")
            .file(
                "/proc/7/mountinfo",
                FakeKernel.VERSION_2_MOUNTS.replace(" / /sys", " " + mountRoot + " /sys"))
            .room()
            .total();

    assertThat(total)
        .isInstanceOfSatisfying(
            Amount.Unknown.class, unknown -> assertThat(unknown.reason()).contains(reason));
  }

  @Test
  void aMountThatShowsAPartOnlyBeginsThere() {
    MemoryRoom room =
        kernel(2)
            .file("/proc/7/cgroup", "0::/docker/abc/inner\n")
            .file(
                "/proc/7/mountinfo",
                FakeKernel.VERSION_2_MOUNTS.replace(" / /sys/fs/cgroup", " /docker/abc /a\\040b"))
            .file("/a b/memory.max", 70 * MB + "\n")
            .file("/a b/inner/memory.max", "max\n")
            .room();

    assertThat(room.total()).isEqualTo(known(70 * MB));
  }

  @Test
  void aProcessThatHasGoneIsUnknown() {
    assertThat(new FakeKernel(root).room().total())
        .isEqualTo(new Amount.Unknown("there is no process 7"));
  }

  @Test
  void plentyIsNoDangerAndLittleIs() {
    FakeKernel kernel = kernel(2).file(limit(2, "/outer/inner"), 100 * MB + "\n");
    MemoryRoom room = kernel.room();

    used(kernel, 2, "/outer/inner", 98, 0);
    assertThat(room.danger()).isEqualTo(new Danger.None());
    used(kernel, 2, "/outer/inner", 99, 0);
    assertThat(room.danger()).isEqualTo(new Danger.Imminent("1048576 of 104857600 bytes are left"));
  }

  @Test
  void whatCannotBeReadIsUnknownDanger() {
    FakeKernel kernel = kernel(2).unreadable(limit(2, "/outer"));
    assertThat(kernel.room().danger()).isInstanceOf(Danger.Unknown.class);

    kernel.file("/proc/pressure/memory", "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
    assertThat(kernel.room().danger()).isEqualTo(new Danger.None());
  }

  @ParameterizedTest
  @CsvSource({"19.99, false", "20.00, true", "100.00, true"})
  void waitingForMemoryForAFifthOfTheTimeIsDanger(String percent, boolean danger) {
    MemoryRoom room =
        kernel(1)
            .file(
                "/proc/pressure/memory",
                "some avg10=99.00 avg60=0.00 avg300=0.00 total=5\n"
                    + "full avg10=%s avg60=0.00 avg300=0.00 total=5\n".formatted(percent))
            .room();

    assertThat(room.stallPercent()).hasValue(Double.parseDouble(percent));
    assertThat(room.danger() instanceof Danger.Imminent).isEqualTo(danger);
  }

  @ParameterizedTest
  @CsvSource({"1, /sys/fs/cgroup/unified/outer", "2, /sys/fs/cgroup/outer/inner"})
  void theCgroupsOwnPressureCountsBeforeTheMachines(int version, String folder) {
    MemoryRoom room =
        kernel(version)
            .file("/proc/pressure/memory", "full avg10=1.00 avg60=0.00 avg300=0.00 total=5\n")
            .file(folder + "/memory.pressure", "full avg10=2.00 avg60=0.00 avg300=0.00 total=5\n")
            .room();

    assertThat(room.stallPercent()).hasValue(2);
    assertThat(room.pressurePath())
        .isEqualTo(root.resolve(folder.substring(1)).resolve("memory.pressure"));
  }

  @Test
  void aKernelWithoutPressureTellsNone() {
    assertThat(kernel(1).room().stallPercent()).isEmpty();
    assertThat(kernel(1).file("/proc/pressure/memory", "rubbish").room().stallPercent()).isEmpty();
  }

  @Test
  void aKillThatTheKernelCountsIsNewsOnceAndOldOnesAreNone() {
    String events = V2 + "/outer/inner/memory.events";
    FakeKernel kernel = kernel(2).file(events, "low 0\nhigh 5\nmax 9\noom 3\noom_kill 1\n");
    MemoryRoom room = kernel.room();

    assertThat(room.danger()).isEqualTo(new Danger.None());
    kernel.file(events, "low 0\nhigh 5\nmax 9\noom 4\noom_kill 1\n");
    assertThat(room.danger()).isEqualTo(new Danger.Imminent("memory.events says oom 4"));
    assertThat(room.danger()).isEqualTo(new Danger.None());
  }

  @Test
  void inVersion1BeingOutOfMemoryLastsAsLongAsItIsSaid() {
    String events = V1 + "/outer/inner/memory.oom_control";
    FakeKernel kernel = kernel(1).file(events, "oom_kill_disable 0\nunder_oom 1\noom_kill 0\n");
    MemoryRoom room = kernel.room();

    assertThat(room.danger()).isInstanceOf(Danger.Imminent.class);
    assertThat(room.danger()).isInstanceOf(Danger.Imminent.class);
    kernel.file(events, "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n");
    assertThat(room.danger()).isEqualTo(new Danger.None());
  }
}
