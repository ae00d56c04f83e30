package io.kidreaper.linux.process;

import java.nio.file.Path;
import java.util.Optional;

/** A daemon for {@link DaemonIT}: says that it is ready, then a word, and waits. */
public final class DaemonMain {
  private DaemonMain() {}

  public static void main(String[] args) throws InterruptedException {
    ReadyPipe.from(System.getenv()).orElseThrow().ready(Optional.of(Path.of(args[0])));
    System.out.println("after ready");
    Thread.sleep(60_000);
  }
}
