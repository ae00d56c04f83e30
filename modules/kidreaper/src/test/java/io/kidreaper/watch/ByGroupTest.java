package io.kidreaper.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Managers found by a unit's cgroup, laid out as systemd does, with real processes in it. */
class ByGroupTest {
  @TempDir Path root;

  private void group(String folder, Object... pids) throws IOException {
    Path path = Files.createDirectories(root.resolve(folder)).resolve("cgroup.procs");
    Files.write(path, List.of(pids).stream().map(Object::toString).toList());
  }

  private ManagerSource.Found find(String unit) {
    return new ByGroup(Kernel.open(), new CgroupMembers(root, unit)).find(0);
  }

  @Test
  void theManagerIsTheOneWhoseParentIsNotInTheGroup() throws IOException, InterruptedException {
    Process top = new ProcessBuilder("sh", "-c", "sleep 60 & echo; wait").start();
    try {
      assertThat(top.getInputStream().read()).isEqualTo('\n');
      long child = top.children().findFirst().orElseThrow().pid();
      group("system.slice/shop.service", child, top.pid());
      assertThat(find("shop"))
          .isInstanceOfSatisfying(
              ManagerSource.Found.Here.class,
              here -> assertThat(here.manager().pid()).isEqualTo((int) top.pid()));
      group("system.slice/deep.slice/nested.service/workers", child);
      group("system.slice/deep.slice/nested.service", top.pid());
      assertThat(find("nested.service"))
          .isInstanceOfSatisfying(
              ManagerSource.Found.Here.class,
              here ->
                  assertThat(here.manager()).extracting(ProcessId::pid).isEqualTo((int) top.pid()));
    } finally {
      top.descendants().forEach(ProcessHandle::destroyForcibly);
      top.destroyForcibly().waitFor();
    }
  }

  @Test
  void aUnitThatIsNotThereIsAwayAndMayComeBack() throws IOException {
    group("system.slice/other.service");
    assertThat(find("shop"))
        .isEqualTo(
            new ManagerSource.Found.Away("there is no cgroup of unit shop.service now", false));
    assertThat(find("other"))
        .isEqualTo(new ManagerSource.Found.Away("unit other.service has no process", false));
  }

  @Test
  void ofSeveralNobodyIsGuessed() throws IOException, InterruptedException {
    Process one = new ProcessBuilder("sh", "-c", "sleep 60 & echo; wait").start();
    Process two = new ProcessBuilder("sh", "-c", "sleep 60 & echo; wait").start();
    try {
      assertThat(one.getInputStream().read() + two.getInputStream().read()).isEqualTo(2 * '\n');
      long first = one.children().findFirst().orElseThrow().pid();
      long second = two.children().findFirst().orElseThrow().pid();
      group("shop.service", one.pid(), two.pid(), first, second);
      assertThat(find("shop"))
          .isInstanceOfSatisfying(
              ManagerSource.Found.Away.class,
              away -> assertThat(away.reason()).startsWith("several processes could be"));
    } finally {
      for (Process process : List.of(one, two)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
    }
  }
}
