package io.kidreaper.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who is a worker, by the listening sockets that are held. */
class RolesTest {
  private static final ProcessId ONE = new ProcessId(1, 1);
  private static final ProcessId TWO = new ProcessId(2, 1);
  private static final ProcessId THREE = new ProcessId(3, 1);

  private final Map<ProcessId, Optional<Set<Long>>> members = new HashMap<>();

  private void holds(ProcessId id, Long... sockets) {
    members.put(id, Optional.of(Set.of(sockets)));
  }

  @Test
  void whoSharesAListenerWithTheManagerIsAWorker() {
    holds(ONE);
    holds(TWO, 10L);
    holds(THREE, 10L, 11L);

    Roles roles = Roles.of(Optional.of(Set.of(10L)), members);

    assertThat(roles.workers()).containsExactlyInAnyOrder(TWO, THREE);
    assertThat(roles.helpers()).containsExactly(ONE);
    assertThat(roles.listening()).isTrue();
  }

  /** As the CGI daemon of Apache does. */
  @Test
  void aListenerOfItsOwnMakesNoWorker() {
    holds(ONE, 99L);
    holds(TWO, 10L);

    assertThat(Roles.of(Optional.of(Set.of(10L, 12L)), members).helpers()).containsExactly(ONE);
  }

  @Test
  void whereTheManagerHoldsNoneSiblingsThatShareOneAreTheWorkers() {
    holds(ONE, 99L);
    holds(TWO, 10L);
    holds(THREE, 10L);

    assertThat(Roles.of(Optional.of(Set.of()), members).helpers()).containsExactly(ONE);
    assertThat(Roles.of(Optional.empty(), members).helpers()).containsExactly(ONE);
  }

  @Test
  void whereEachHasAListenerOfItsOwnAllOfTheseAreWorkers() {
    holds(ONE, 1L);
    holds(TWO, 2L);
    holds(THREE);

    assertThat(Roles.of(Optional.of(Set.of()), members).helpers()).containsExactly(THREE);
  }

  @Test
  void oneThatCannotBeReadMayBeAWorker() {
    holds(ONE, 10L);
    members.put(TWO, Optional.empty());

    Roles roles = Roles.of(Optional.of(Set.of(10L)), members);

    assertThat(roles.workers()).containsExactlyInAnyOrder(ONE, TWO);
  }

  @Test
  void whereNobodyListensAllAreWorkersAndThatIsSaid() {
    holds(ONE);
    holds(TWO);

    Roles roles = Roles.of(Optional.of(Set.of(10L)), members);

    assertThat(roles.workers()).containsExactlyInAnyOrder(ONE, TWO);
    assertThat(roles.listening()).isFalse();
  }

  @Test
  void whatCouldNotBeReadIsNotTakenForNothing() {
    members.put(ONE, Optional.empty());

    assertThat(Roles.of(Optional.empty(), members).listening()).isTrue();
  }
}
