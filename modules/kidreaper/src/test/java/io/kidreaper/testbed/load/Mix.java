package io.kidreaper.testbed.load;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Which requests a load is made of, by weight. */
public final class Mix {
  /** Makes one request; whatever varies in it comes from the generator. */
  public interface Kind {
    Route next(RandomGenerator random);
  }

  private record Weighted(int weight, Kind kind) {}

  private final List<Weighted> kinds;
  private final int totalWeight;

  private Mix(List<Weighted> kinds) {
    this.kinds = List.copyOf(kinds);
    this.totalWeight = kinds.stream().mapToInt(Weighted::weight).sum();
  }

  /** No requests yet: for {@link #and}. */
  public static Mix empty() {
    return new Mix(List.of());
  }

  /** Only one request, again and again. */
  public static Mix only(Route route) {
    return empty().and(1, _ -> route);
  }

  /**
   * Short answers, answers of up to 64 KiB, and bodies of up to 64 KiB; nothing that waits or
   * grows.
   */
  public static Mix quick() {
    return empty()
        .and(4, _ -> new Route.Hello())
        .and(3, random -> new Route.Echo(random.nextInt(1, 65_536), random.nextInt()))
        .and(2, random -> new Route.Sum(random.nextInt(0, 65_536), random.nextInt()))
        .and(1, _ -> new Route.Pid());
  }

  /** {@link #quick()}, and one in twenty is an answer that takes 50 ms. */
  public static Mix usual() {
    return quick().and(9, _ -> new Route.Hello()).and(1, _ -> new Route.Stream(5, 10));
  }

  /** This mix and one more kind of request, with its weight, at least 1. */
  public Mix and(int weight, Kind kind) {
    if (weight < 1) {
      throw new IllegalArgumentException("weight " + weight);
    }
    List<Weighted> more = new ArrayList<>(kinds);
    more.add(new Weighted(weight, kind));
    return new Mix(more);
  }

  Route next(RandomGenerator random) {
    int left = random.nextInt(totalWeight);
    for (Weighted candidate : kinds) {
      left -= candidate.weight();
      if (left < 0) {
        return candidate.kind().next(random);
      }
    }
    throw new AssertionError("weights do not add up to " + totalWeight);
  }
}
