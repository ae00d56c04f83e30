import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A manager with many idle children, from {@code c/pool.c}. They end with it, and it with us. */
final class Pool implements AutoCloseable {
  private static final int SHARED_MEGABYTES = 20;

  private final Process process;

  Pool(Path program, int children) throws IOException {
    process =
        new ProcessBuilder(
                program.toString(),
                Integer.toString(children),
                Integer.toString(SHARED_MEGABYTES))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader words = process.inputReader(StandardCharsets.US_ASCII);
    if (!"ready".equals(words.readLine())) {
      throw new IOException("no pool of " + children + " children could be made");
    }
  }

  String pid() {
    return Long.toString(process.pid());
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
