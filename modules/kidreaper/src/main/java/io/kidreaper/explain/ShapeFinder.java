package io.kidreaper.explain;

import java.util.Arrays;

/**
 * Which shape fits a series best: a level, a line, one step, or a curve that levels off. Each is
 * fitted by least squares, and one with more parameters has to be better by what the Bayesian
 * information criterion asks, and more.
 *
 * <p>A line is claimed only if the second half of the series still rises: what has stopped growing
 * is no leak.
 */
final class ShapeFinder {
  private static final int LEAST_POINTS = 8;
  private static final int BUCKETS = 32;
  private static final double NOISE_BYTES = 64 * 1024;
  private static final double STILL_RISING = 0.3;
  private static final double[] TAUS = {0.03, 0.06, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4};

  private ShapeFinder() {}

  /**
   * @param x requests or seconds, ascending
   * @param y bytes
   */
  static Shape find(double[] x, double[] y) {
    if (x.length < LEAST_POINTS) {
      return new Shape.Unknown(
          "%d readings are too few for a trend; watch longer".formatted(x.length));
    }
    double span = x[x.length - 1] - x[0];
    if (span <= 0) {
      return new Shape.Unknown("it answered nothing while it was watched");
    }
    double[][] coarse = x.length > 2 * BUCKETS ? buckets(x, y) : new double[][] {x, y};
    return best(coarse[0], coarse[1], span);
  }

  private static Shape best(double[] x, double[] y, double span) {
    double flat = score(y, fittedFlat(y), 1);
    Fit line = fit(x, y);
    double lineScore = score(y, line.values(), 2);
    Fit curve = null;
    double curveScore = Double.POSITIVE_INFINITY;
    for (double tau : TAUS) {
      double[] z = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        z[i] = -Math.expm1(-(x[i] - x[0]) / (tau * span));
      }
      Fit candidate = fit(z, y);
      double candidateScore = score(y, candidate.values(), 3);
      if (candidate.slope() > 0 && candidateScore < curveScore) {
        curve = candidate;
        curveScore = candidateScore;
      }
    }
    int cut = stepAt(y);
    double[] step = fittedStep(y, cut);
    double stepScore = score(y, step, 4);

    double rise = line.slope() * span;
    double least = Math.min(Math.min(lineScore, curveScore), stepScore);
    if (flat - least < 6 || range(y) < NOISE_BYTES) {
      return new Shape.Flat(mean(y, 0, y.length));
    }
    if (stepScore < lineScore - 6
        && stepScore <= curveScore + 2
        && step[y.length - 1] > step[0]
        && flatWithin(x, y, cut, step[y.length - 1] - step[0])) {
      return new Shape.Step(step[0], step[y.length - 1]);
    }
    if (curve != null && curveScore < lineScore - 6) {
      return new Shape.Saturating(curve.level());
    }
    if (Math.abs(rise) < NOISE_BYTES) {
      return new Shape.Flat(mean(y, 0, y.length));
    }
    double later = fit(half(x), half(y)).slope();
    return later * Math.signum(rise) >= STILL_RISING * Math.abs(line.slope())
        ? new Shape.Line(line.slope())
        : new Shape.Unknown(
            "it grew, but not in its second half, and not in one step; watch longer");
  }

  private static boolean flatWithin(double[] x, double[] y, int cut, double jump) {
    return Math.abs(rise(x, y, 0, cut)) < 0.3 * jump
        && Math.abs(rise(x, y, cut, y.length)) < 0.3 * jump;
  }

  private static double rise(double[] x, double[] y, int from, int to) {
    return to - from < 3
        ? 0
        : fit(Arrays.copyOfRange(x, from, to), Arrays.copyOfRange(y, from, to)).slope()
            * (x[to - 1] - x[from]);
  }

  private static double[] half(double[] values) {
    return Arrays.copyOfRange(values, values.length / 2, values.length);
  }

  private static double range(double[] y) {
    return Arrays.stream(y).max().orElseThrow() - Arrays.stream(y).min().orElseThrow();
  }

  /** Medians of stretches: what one request has only for its own time drops out. */
  private static double[][] buckets(double[] x, double[] y) {
    double[] xs = new double[BUCKETS];
    double[] ys = new double[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      int from = i * x.length / BUCKETS;
      int to = (i + 1) * x.length / BUCKETS;
      double[] part = Arrays.copyOfRange(y, from, to);
      Arrays.sort(part);
      xs[i] = mean(x, from, to);
      ys[i] = part[part.length / 2];
    }
    return new double[][] {xs, ys};
  }

  /** y = a + slope · x. */
  private static final class Fit {
    private final double a;
    private final double slope;
    private final double[] values;

    Fit(double a, double slope, double[] values) {
      this.a = a;
      this.slope = slope;
      this.values = values;
    }

    double slope() {
      return slope;
    }

    double[] values() {
      return values;
    }

    double level() {
      return a + slope;
    }
  }

  private static Fit fit(double[] x, double[] y) {
    double meanX = mean(x, 0, x.length);
    double meanY = mean(y, 0, y.length);
    double sumXy = 0;
    double sumXx = 0;
    for (int i = 0; i < x.length; i++) {
      sumXy += (x[i] - meanX) * (y[i] - meanY);
      sumXx += (x[i] - meanX) * (x[i] - meanX);
    }
    double slope = sumXx == 0 ? 0 : sumXy / sumXx;
    double a = meanY - slope * meanX;
    return new Fit(a, slope, Arrays.stream(x).map(at -> a + slope * at).toArray());
  }

  private static double[] fittedFlat(double[] y) {
    double[] values = new double[y.length];
    Arrays.fill(values, mean(y, 0, y.length));
    return values;
  }

  private static int stepAt(double[] y) {
    int best = 1;
    double least = Double.POSITIVE_INFINITY;
    for (int cut = 1; cut < y.length; cut++) {
      double squares = squares(y, fittedStep(y, cut));
      if (squares < least) {
        least = squares;
        best = cut;
      }
    }
    return best;
  }

  private static double[] fittedStep(double[] y, int cut) {
    double[] values = new double[y.length];
    Arrays.fill(values, 0, cut, mean(y, 0, cut));
    Arrays.fill(values, cut, y.length, mean(y, cut, y.length));
    return values;
  }

  private static double mean(double[] values, int from, int to) {
    return Arrays.stream(values, from, to).average().orElseThrow();
  }

  private static double squares(double[] y, double[] fitted) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += (y[i] - fitted[i]) * (y[i] - fitted[i]);
    }
    return sum;
  }

  /**
   * Less is better. A page of difference is never told apart, so a perfect fit is not boundless.
   */
  private static double score(double[] y, double[] fitted, int parameters) {
    double variance = squares(y, fitted) / y.length + 4096.0 * 4096.0;
    return y.length * Math.log(variance) + parameters * Math.log(y.length);
  }
}
