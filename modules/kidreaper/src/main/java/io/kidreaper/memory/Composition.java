package io.kidreaper.memory;

import java.util.EnumMap;
import java.util.Map;

/**
 * Where all of a process's memory sits, from one reading of its mappings. The kernel lists them one
 * after another while the process runs, so sums may be of slightly different moments.
 *
 * @param areas every kind, {@link Area#NONE} for one that it has nothing of
 * @param mappings how many there are
 */
public record Composition(Map<AreaKind, Area> areas, int mappings) {
  public Composition {
    Map<AreaKind, Area> all = new EnumMap<>(AreaKind.class);
    for (AreaKind kind : AreaKind.values()) {
      all.put(kind, areas.getOrDefault(kind, Area.NONE));
    }
    areas = java.util.Collections.unmodifiableMap(all);
  }

  public Area of(AreaKind kind) {
    return areas.getOrDefault(kind, Area.NONE);
  }

  /** All of it. */
  public Area total() {
    return areas.values().stream().reduce(Area.NONE, Area::plus);
  }

  /** All but what is shared by intent: what fork shares, and what the program allocates. */
  public Area withoutSharedMemory() {
    return areas.entrySet().stream()
        .filter(area -> area.getKey() != AreaKind.SHARED_MEMORY)
        .map(Map.Entry::getValue)
        .reduce(Area.NONE, Area::plus);
  }
}
