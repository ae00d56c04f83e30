package io.kidreaper.cli;

import io.kidreaper.demo.DemoJvm;
import io.kidreaper.demo.WorkerRehearsal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The start-up cache (JEP 483, 514) that the demo's workers share: with it they start twice as
 * fast, and its pages are one file's in all of them. It lies beside kidreaper's own jar.
 */
final class WorkerCache {
  private static final int PATIENCE_SECONDS = 60;

  private WorkerCache() {}

  /**
   * Finds it, or makes it, once for a build and a JDK.
   *
   * @param making told when it has to be made, which takes some seconds
   * @return empty where it cannot be made; workers start without it then
   */
  static Optional<Path> ready(Path java, String classPath, Runnable making)
      throws InterruptedException {
    Path jar = Path.of(classPath.split(":", 2)[0]).toAbsolutePath();
    Path folder = jar.getParent();
    if (folder == null || !jar.toString().endsWith(".jar")) {
      return Optional.empty();
    }
    Path cache = folder.resolve("kidreaper-worker-" + Runtime.version().feature() + ".aot");
    try {
      if (Files.exists(cache)
          && Files.getLastModifiedTime(cache).compareTo(Files.getLastModifiedTime(jar)) >= 0) {
        return Optional.of(cache);
      }
      if (!Files.isWritable(folder)) {
        return Optional.empty();
      }
      making.run();
      Path whole = Files.createTempFile(folder, "kidreaper-worker", ".new");
      try {
        if (make(java, classPath, whole)) {
          // Whole or not at all: another demo may look for it at any moment.
          Files.move(whole, cache, StandardCopyOption.ATOMIC_MOVE);
          return Optional.of(cache);
        }
        return Optional.empty();
      } finally {
        Files.deleteIfExists(whole);
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean make(Path java, String classPath, Path file)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(java.toString()));
    words.addAll(DemoJvm.OPTIONS);
    words.addAll(List.of("-XX:AOTCacheOutput=" + file, "-Xlog:aot=off", "-Xlog:cds=off"));
    words.addAll(List.of("-cp", classPath, WorkerRehearsal.class.getName()));
    Process rehearsal =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return rehearsal.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)
          && rehearsal.exitValue() == 0
          && Files.size(file) > 0;
    } finally {
      rehearsal.destroyForcibly();
    }
  }
}
