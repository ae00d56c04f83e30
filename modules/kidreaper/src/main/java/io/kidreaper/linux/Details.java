package io.kidreaper.linux;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Rollup;

/** A read of smaps_rollup as the pure side sees it, for a process known to be there still. */
final class Details {
  private Details() {}

  static Detail of(ProcRead<Rollup> rollup) {
    return switch (rollup) {
      case ProcRead.Found<Rollup>(Rollup read) -> read;
      case ProcRead.Gone<Rollup>() ->
          new Detail.Unreadable("this kernel has no smaps_rollup (Linux 4.14 has)");
      case ProcRead.Failed<Rollup>(String reason) -> new Detail.Unreadable(reason);
    };
  }
}
