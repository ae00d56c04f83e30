package io.kidreaper.explain;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What the requests of one kind added to a worker. */
public record RouteGrowth(
    RouteName route,
    int requests,
    Figure privateBytes,
    Figure allocatedBytes,
    Figure unsharedBytes) {

  /** One figure over all requests of a kind, in bytes. */
  public record Figure(long median, long maximum, long total) {
    static Figure of(List<Visit> visits, ToLongFunction<Visit> figure) {
      long[] sorted = visits.stream().mapToLong(figure).sorted().toArray();
      int middle = sorted.length / 2;
      long median =
          sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
      return new Figure(median, sorted[sorted.length - 1], Arrays.stream(sorted).sum());
    }
  }

  /** By kind, the one that added most first. */
  public static List<RouteGrowth> of(List<Visit> visits) {
    Map<RouteName, List<Visit>> byRoute = new TreeMap<>();
    visits.forEach(visit ->
        byRoute.computeIfAbsent(visit.route(), _ -> new java.util.ArrayList<>()).add(visit));
    return byRoute.entrySet().stream()
        .map(route ->
            new RouteGrowth(
                route.getKey(),
                route.getValue().size(),
                Figure.of(route.getValue(), Visit::privateBytes),
                Figure.of(route.getValue(), Visit::allocatedBytes),
                Figure.of(route.getValue(), Visit::unsharedBytes)))
        .sorted(
            Comparator.comparingLong((RouteGrowth route) -> route.privateBytes().total())
                .reversed()
                .thenComparing(RouteGrowth::route))
        .toList();
  }
}
