package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuBudgetTest {
  private static final long MILLI = 1_000_000;

  /** More than what half a minute saves up. */
  private static final long ALL_CREDIT = 300 * MILLI;

  @Test
  void threeQuartersAreForTicksAndAQuarterForDetail() {
    CpuBudget budget = CpuBudget.divided(0.01, 0);
    budget.spend(false, 195 * MILLI, 0);
    budget.spend(true, 75 * MILLI, 0);
    assertThat(budget.waitMillis(0)).isZero();
    assertThat(budget.allowsWhole(0)).isTrue();

    budget.spend(true, 25 * MILLI, 0);
    assertThat(budget.waitMillis(0)).as("of their own account").isZero();
    assertThat(budget.allowsWhole(9_999)).as("25 ms at 0.25 %").isFalse();
    assertThat(budget.allowsWhole(10_000)).isTrue();

    budget.spend(false, (30 + 75 + 75) * MILLI, 10_000);
    assertThat(budget.waitMillis(10_000)).as("75 ms at 0.75 %").isEqualTo(10_000);
  }

  @Test
  void detailGivesWayToWhatIsTakenBesideAndNeverQuite() {
    CpuBudget budget = CpuBudget.divided(0.01, 0);
    budget.spendBeside(2 * ALL_CREDIT, 0);
    assertThat(budget.waitMillis(0)).isZero();
    assertThat(budget.allowsWhole(0)).as("a little is kept for it").isTrue();

    budget.spend(true, 75 * MILLI / 10, 0);
    assertThat(budget.allowsWhole(0)).as("half a minute of a tenth of a quarter").isTrue();
    budget.spend(true, 25 * MILLI / 10, 0);
    assertThat(budget.allowsWhole(9_999)).isFalse();
    assertThat(budget.allowsWhole(10_000)).isTrue();

    budget.spend(true, MILLI, 10_000);
    assertThat(budget.allowsWhole(10_000)).isFalse();
    assertThat(budget.allowsWhole(38_000)).as("all is paid").isTrue();
  }

  @Test
  void whatTheProcessTakesBesideIsTakenOff() {
    CpuBudget budget = CpuBudget.divided(0.01, 0);
    budget.spend(false, 225 * MILLI, 0);
    // A fifth of the budget, for 10 s: 20 ms, of which 15 are the ticks'.
    budget.spendBeside(20 * MILLI, 10_000);
    budget.spend(false, 60 * MILLI, 10_000);
    assertThat(budget.waitMillis(10_000)).isZero();
    budget.spend(false, 15 * MILLI, 10_000);
    assertThat(budget.waitMillis(10_000)).isEqualTo(2_000);
  }

  @Test
  void neverMoreThanAQuarter() {
    CpuBudget budget = CpuBudget.divided(0.01, 0);
    budget.spend(false, 225 * MILLI, 0);
    budget.spendBeside(ALL_CREDIT, 10_000);
    // 10 s earn 75 ms for the ticks, and a quarter went.
    budget.spend(false, 75 * 3 / 4 * MILLI, 10_000);
    assertThat(budget.waitMillis(10_000)).isZero();
  }

  @Test
  void whatIsPardonedIsNotTakenOffLater() {
    CpuBudget budget = CpuBudget.divided(0.01, 0);
    budget.spend(false, ALL_CREDIT, 0);
    budget.pardon(60_000);
    budget.spendBeside(ALL_CREDIT, 60_000);
    budget.spend(false, 225 * MILLI, 60_000);
    assertThat(budget.waitMillis(60_000)).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, 1.01, Double.NaN})
  void whatIsNoShareIsRefused(double share) {
    assertThatThrownBy(() -> CpuBudget.divided(share, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
