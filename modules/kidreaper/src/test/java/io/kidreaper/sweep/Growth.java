package io.kidreaper.sweep;

import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.PrivateMemory;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes workers of a real pool grow by requests, as they would in use. */
final class Growth {
  private static final int TRIES = 10;

  private final RunningServer pool;
  private final Load once;

  private Growth(RunningServer pool, Nginx nginx) {
    this.pool = pool;
    this.once = Load.on(nginx.address());
  }

  /**
   * Of a pool whose workers have all answered something, so that what first requests load is there.
   */
  static Growth of(RunningServer pool, Nginx nginx) {
    Growth growth = new Growth(pool, nginx);
    need(
        growth
                .once
                .of(Mix.quick())
                .connections(2 * pool.size())
                .within(Limits.usual().requests(20 * pool.size()))
                .run()
                .lost()
            == 0);
    return growth;
  }

  /** Grows one worker by an answer to this request, which is none of these, and tells its pid. */
  int one(Route route, int kilobytes, Set<Integer> others) {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      // Which worker comes next nobody can choose; whoever was grown before is passed over by
      // asking something small, since workers wait in line.
      Map<Integer, Long> before = dirtyKilobytes();
      need(once.once(route).lost() == 0);
      Map<Integer, Long> after = dirtyKilobytes();
      Set<Integer> grown =
          after.entrySet().stream()
              .filter(
                  size -> size.getValue() - before.getOrDefault(size.getKey(), 0L) > kilobytes / 2)
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet());
      need(grown.size() == 1);
      if (!others.containsAll(grown)) {
        return grown.iterator().next();
      }
      need(once.once(new Route.Hello()).lost() == 0);
    }
    throw new IllegalStateException("only " + others + " answer");
  }

  private Map<Integer, Long> dirtyKilobytes() {
    Map<Integer, Long> sizes = new HashMap<>();
    pool.workerPids().forEach(pid -> sizes.put(pid, PrivateMemory.dirtyKilobytes(pid)));
    return sizes;
  }

  private static void need(boolean condition) {
    if (!condition) {
      throw new IllegalStateException("the pool does not grow as it is asked to");
    }
  }
}
