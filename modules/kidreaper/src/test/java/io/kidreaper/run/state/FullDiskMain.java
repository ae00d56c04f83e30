package io.kidreaper.run.state;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Saves states in a folder, {@code FOLDER}, on a file system of a few KB that it fills up. */
final class FullDiskMain {
  private FullDiskMain() {}

  public static void main(String[] args) throws Exception {
    StateFolder folder = Folders.in(Path.of(args[0]));
    CountDownLatch told = new CountDownLatch(1);
    try (StateWriter writer =
        new StateWriter(
            folder,
            Folders.SHOP,
            sentence -> {
              System.out.println(sentence);
              told.countDown();
            },
            Duration.ofMillis(20))) {
      writer.save(Folders.pool(4720));
      if (!writer.awaitWritten(Duration.ofSeconds(20))) {
        throw new IllegalStateException("not written though there is room");
      }
      Path filler = fill(folder.path().resolve("filler"));
      writer.save(Folders.pool(4721));
      if (!told.await(20, TimeUnit.SECONDS) || writer.awaitWritten(Duration.ofMillis(300))) {
        throw new IllegalStateException("the disk is not full");
      }
      StateFile file = new StateFile(folder, Folders.SHOP);
      System.out.println(
          file.read().equals(new StateFile.Read.Found(Folders.pool(4720))) ? "as before" : "lost");
      Files.delete(filler);
      if (!writer.awaitWritten(Duration.ofSeconds(20))) {
        throw new IllegalStateException("not written though there is room again");
      }
      System.out.println(
          file.read().equals(new StateFile.Read.Found(Folders.pool(4721))) ? "as it is" : "lost");
    }
  }

  private static Path fill(Path path) throws IOException {
    try (OutputStream out = Files.newOutputStream(path)) {
      while (true) {
        out.write(new byte[1024]);
      }
    } catch (IOException full) {
      return path;
    }
  }
}
