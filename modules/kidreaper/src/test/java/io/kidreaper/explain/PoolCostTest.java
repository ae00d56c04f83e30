package io.kidreaper.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Area;
import io.kidreaper.memory.AreaKind;
import io.kidreaper.memory.Composition;
import io.kidreaper.pool.ProcessId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolCostTest {
  private static final long MB = 1L << 20;

  /** Workers of pids from 1 on. */
  private static PoolCost pool(String privateMegabytes) {
    List<PoolCost.One> workers = new ArrayList<>();
    Arrays.stream(privateMegabytes.split(" ", -1))
        .mapToLong(Long::parseLong)
        .forEach(megabytes -> {
          long bytes = megabytes * MB;
          Area area =
              new Area(
                  bytes + 40 * MB,
                  bytes + 10 * MB,
                  0,
                  40 * MB,
                  0,
                  bytes,
                  bytes + 40 * MB,
                  40 * MB,
                  0,
                  0,
                  0,
                  0,
                  0);
          workers.add(
              new PoolCost.One(
                  new ProcessId(workers.size() + 1, 99),
                  new Composition(Map.of(AreaKind.HEAP, area), 1)));
        });
    return new PoolCost(workers, 0);
  }

  /** Half as large again as the usual one, and by more than 8 MB. */
  @ParameterizedTest
  @CsvSource({
    "20 21 90,       3",
    "90 20 21 22,    1",
    "20 20 31,       3",
    "20 20 30,       -",
    "100 100 150,    -",
    "100 100 151,    3",
    "1 1 8,          -",
    "20 90 90,       -",
    "20 20 20,       -",
    "20 200,         -",
    "20,             -",
    "0 0 9,          3",
  })
  void theOneFarLargerThanTheOthersIsNamed(String privateMegabytes, String outlier) {
    OptionalInt named =
        pool(privateMegabytes).outlier().stream().mapToInt(one -> one.id().pid()).findFirst();

    assertThat(named.isEmpty() ? "-" : Integer.toString(named.getAsInt())).isEqualTo(outlier);
  }

  @Test
  void whatTheForkSavesIsWhatTheOthersDoNotNeedAgain() {
    PoolCost pool = pool("10 10 10 10");

    assertThat(pool.togetherBytes()).isEqualTo(4 * 20 * MB);
    assertThat(pool.withoutSharingBytes()).isEqualTo(4 * 50 * MB);
    assertThat(pool.savedByForkBytes()).isEqualTo(120 * MB);
    assertThat(pool.smallestBytes()).hasValue(10 * MB);
  }
}
