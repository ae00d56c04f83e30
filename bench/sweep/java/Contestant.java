import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** One way to read a pool, which takes its turn when it is told to. */
sealed interface Contestant extends AutoCloseable {

  /** Takes one turn. */
  Run turn() throws IOException;

  /** Takes turns that do not count, until the JIT compiler, if there is one, has done its work. */
  void warmUp() throws IOException;

  @Override
  void close() throws IOException;

  private static void expect(int workers, int pool) {
    if (workers < pool) {
      throw new IllegalStateException("it read " + workers + " of " + pool + " workers");
    }
  }

  /** A process that stays, sweeps at each line it gets, and times itself. */
  final class Resident implements Contestant {
    private static final long WARM_UP_NANOS = 4_000_000_000L;
    private static final int WARM_UP_TURNS = 2_000;

    private final int pool;
    private final Process process;
    private final BufferedWriter turns;
    private final BufferedReader answers;

    Resident(int pool, List<String> command) throws IOException {
      this.pool = pool;
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      turns = process.outputWriter(StandardCharsets.US_ASCII);
      answers = process.inputReader(StandardCharsets.US_ASCII);
    }

    @Override
    public void warmUp() throws IOException {
      long start = System.nanoTime();
      for (int i = 0; i < WARM_UP_TURNS && System.nanoTime() - start < WARM_UP_NANOS; i++) {
        sweep();
      }
    }

    @Override
    public Run turn() throws IOException {
      long before = cpuNanos();
      long nanos = sweep();
      return new Run(nanos, cpuNanos() - before, 0);
    }

    private long sweep() throws IOException {
      turns.write("\n");
      turns.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new IOException("a contestant ended early");
      }
      String[] words = answer.split(" ", -1);
      expect(Integer.parseInt(words[0]), pool);
      return Long.parseLong(words[1]);
    }

    /** CPU time of all its threads so far: the first number of each one's schedstat. */
    private long cpuNanos() throws IOException {
      try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
        return threads.mapToLong(thread -> firstNumber(thread.resolve("schedstat"))).sum();
      }
    }

    private static long firstNumber(Path file) {
      try {
        return Long.parseLong(Files.readString(file).split(" ", 2)[0]);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      turns.close();
      process.destroy();
    }
  }

  /**
   * A command that is started anew for each turn, timed from outside by {@code c/measure.c}.
   *
   * @param measure that program
   */
  record Command(Path measure, List<String> words) implements Contestant {

    @Override
    public void warmUp() throws IOException {
      turn();
    }

    @Override
    public Run turn() throws IOException {
      List<String> command =
          Stream.concat(Stream.of(measure.toString()), words.stream()).toList();
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (BufferedReader answers = process.inputReader(StandardCharsets.US_ASCII)) {
        String[] said = answers.readLine().split(" ", -1);
        if (Integer.parseInt(said[3]) != 0) {
          throw new IllegalStateException(words + " ended with exit status " + said[3]);
        }
        return new Run(
            Long.parseLong(said[0]), Long.parseLong(said[1]) * 1000, Long.parseLong(said[2]) << 10);
      }
    }

    @Override
    public void close() {}
  }
}
