package io.kidreaper.matrix;

import io.kidreaper.retire.At;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.server.Servers;
import java.time.Duration;
import java.util.Locale;

/**
 * The long form of the matrix, at the boundary and at any moment side by side: {@code RetireBench
 * RETIREMENTS SECONDS}, both for each cell.
 */
public final class RetireBench {
  private static final Duration CALM = Duration.ofSeconds(2);

  private RetireBench() {}

  public static void main(String[] args) {
    if (args.length != 2) {
      System.err.println("usage: RetireBench RETIREMENTS SECONDS");
      System.exit(2);
    }
    int retirements = Integer.parseInt(args[0]);
    long seconds = Long.parseLong(args[1]);
    System.out.println(CellReport.HEADER);
    for (Server server : Servers.all()) {
      for (Pressure pressure : Pressure.values()) {
        for (At at : new At[] {At.BOUNDARY, At.ANY}) {
          run(Cell.of(server, pressure, at, retirements, CALM, seconds));
        }
      }
    }
  }

  private static void run(Cell cell) {
    try {
      CellReport report = new CellRun(cell).run();
      System.out.println(report);
      report.attempts().stream()
          .filter(attempt -> !attempt.retired())
          .limit(3)
          .forEach(attempt -> System.out.println("    " + attempt));
    } catch (RuntimeException e) {
      System.out.printf(Locale.ROOT, "%-14s %s: %s%n", cell.server().name(), cell, e.getMessage());
    }
  }
}
