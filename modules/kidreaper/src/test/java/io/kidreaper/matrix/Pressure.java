package io.kidreaper.matrix;

import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.Mix;
import java.time.Duration;

/** How much there is to do for a pool while its workers are retired. */
enum Pressure {
  /** Most workers wait most of the time. */
  IDLE {
    @Override
    Load of(Load load) {
      return load.of(Mix.quick()).connections(2).every(Duration.ofMillis(20));
    }
  },
  /** More connections than workers, each asking again as soon as it is answered. */
  SATURATED {
    @Override
    Load of(Load load) {
      return load.of(Mix.usual()).connections(8);
    }
  };

  abstract Load of(Load load);
}
