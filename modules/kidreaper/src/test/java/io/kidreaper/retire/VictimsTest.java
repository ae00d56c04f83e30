package io.kidreaper.retire;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.policy.LimitPolicy;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Four workers over a limit of 100 bytes, and one under it. */
class VictimsTest {
  private final Map<Integer, Activity> doing = new HashMap<>();
  private final List<Integer> looks = new ArrayList<>();
  private final Victims victims =
      new Victims(
          new LimitPolicy(new Limit(Measure.PRIVATE, 100))
              .judge(
                  new Snapshot(
                      FakePool.MANAGER,
                      List.of(
                          member(20, 150),
                          member(21, 300),
                          member(22, 99),
                          member(23, 200),
                          member(24, 250)))),
          id -> {
            looks.add(id.pid());
            return doing.getOrDefault(id.pid(), new Activity.Serving(1));
          });

  private static Member member(int pid, long privateBytes) {
    return new Member(new ProcessId(pid, 100 + pid), FakeWorker.sample(privateBytes));
  }

  private void idle(int... pids) {
    doing.clear();
    for (int pid : pids) {
      doing.put(pid, new Activity.Idle());
    }
  }

  private List<Integer> all() {
    List<Integer> all = new ArrayList<>();
    while (!victims.isEmpty()) {
      all.add(victims.next().pid());
    }
    return all;
  }

  @Test
  void whereAllAreBusyTheLargestGoesFirst() {
    assertThat(all()).containsExactly(21, 24, 23, 20);
  }

  @Test
  void idleOnesGoFirstTheLargestOfThemBeforeTheOthers() {
    idle(20, 23);

    assertThat(all()).containsExactly(23, 20, 21, 24);
  }

  @Test
  void itIsChosenAnewEachTurn() {
    idle(20);
    assertThat(victims.next().pid()).isEqualTo(20);
    idle(24, 23);
    assertThat(victims.next().pid()).isEqualTo(24);
    idle();
    assertThat(victims.next().pid()).isEqualTo(21);
  }

  @Test
  void onlyIdleOnesArePreferred() {
    doing.put(20, new Activity.Between());
    doing.put(23, new Activity.Unclear("EACCES"));
    doing.put(24, new Activity.Suspended("stopped"));

    assertThat(victims.next().pid()).isEqualTo(21);
  }

  @Test
  void theLastOneNeedsNoLook() {
    victims.next();
    victims.next();
    victims.next();
    looks.clear();

    assertThat(victims.next().pid()).isEqualTo(20);
    assertThat(looks).isEmpty();
    assertThat(victims.isEmpty()).isTrue();
  }

  @Test
  void theRestAreThoseWhoHaveNotHadTheirTurn() {
    idle(23);
    victims.next();

    assertThat(victims.rest()).extracting(ProcessId::pid).containsExactly(21, 24, 20);
    assertThat(victims.isEmpty()).isTrue();
  }
}
