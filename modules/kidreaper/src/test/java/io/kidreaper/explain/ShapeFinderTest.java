package io.kidreaper.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeFinderTest {
  private static final double MB = 1 << 20;

  @Test
  void aFewReadingsHaveNoTrend() {
    assertThat(ShapeFinder.find(new double[] {1}, new double[] {5 * MB}))
        .isInstanceOf(Shape.Unknown.class);
    assertThat(ShapeFinder.find(new double[] {1, 2, 3}, new double[] {1 * MB, 2 * MB, 3 * MB}))
        .isInstanceOf(Shape.Unknown.class);
  }

  @Test
  void aWorkerThatAnsweredNothingHasNoTrend() {
    assertThat(ShapeFinder.find(new double[20], new double[20])).isInstanceOf(Shape.Unknown.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aLineIsALineUnderNoise(long seed) {
    Shape shape = find(seed, 2 * MB, x -> 20 * MB + 30_000 * x);
    assertThat(shape).isInstanceOf(Shape.Line.class);
    assertThat(((Shape.Line) shape).bytesPerUnit()).isCloseTo(30_000, within(3_000.0));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aPlateauIsNoLeak(long seed) {
    assertThat(find(seed, 4 * MB, x -> 50 * MB)).isInstanceOf(Shape.Flat.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void oneStepIsNoLeak(long seed) {
    Shape shape = find(seed, 1 * MB, x -> x < 70 ? 20 * MB : 60 * MB);
    assertThat(shape).isInstanceOf(Shape.Step.class);
    assertThat(((Shape.Step) shape).toBytes()).isCloseTo(60.5 * MB, within(1 * MB));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatLevelsOffIsNoLeak(long seed) {
    Shape shape = find(seed, 1 * MB, x -> 20 * MB + 40 * MB * -Math.expm1(-x / 40));
    assertThat(shape).isInstanceOf(Shape.Saturating.class);
    assertThat(((Shape.Saturating) shape).levelBytes()).isCloseTo(60.5 * MB, within(3 * MB));
  }

  @Test
  void aShrinkingWorkerHasANegativeSlope() {
    Shape shape = find(1, 0.1 * MB, x -> 90 * MB - 100_000 * x);
    assertThat(((Shape.Line) shape).bytesPerUnit()).isNegative();
  }

  private static Shape find(long seed, double noise, DoubleUnaryOperator form) {
    Random random = new Random(seed);
    double[] x = new double[200];
    double[] y = new double[200];
    for (int i = 0; i < x.length; i++) {
      x[i] = i;
      y[i] = form.applyAsDouble(i) + noise * random.nextDouble();
    }
    return ShapeFinder.find(x, y);
  }
}
