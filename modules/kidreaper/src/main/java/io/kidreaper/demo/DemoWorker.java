package io.kidreaper.demo;

import io.kidreaper.fastcgi.FastCgiServer;
import io.kidreaper.fastcgi.FastCgiServerBuilder;
import io.kidreaper.fastcgi.ResponderLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A small FastCGI worker that serves descriptor 0 until it is signalled: {@link DemoApplication}.
 * Like a prefork worker it has one connection at a time.
 */
public final class DemoWorker {
  /** The word for a worker that does not care for signals, as most programs do not. */
  static final String ABRUPT = "abrupt";

  private DemoWorker() {}

  /**
   * Serves.
   *
   * @param args the file of {@link SharedMemory#create}, or nothing: then /unshare has none left;
   *     and {@value #ABRUPT}, or nothing: then a signal waits for the request
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    ByteBuffer shared =
        args.length == 0 ? ByteBuffer.allocate(0) : SharedMemory.map(Path.of(args[0]));
    FastCgiServer server = serve(FastCgiServer.builder().listenInherited(), shared);
    if (args.length < 2 || !args[1].equals(ABRUPT)) {
      server.finishOnSignals();
    }
    server.join();
  }

  static FastCgiServer serve(FastCgiServerBuilder where, ByteBuffer shared) throws IOException {
    DemoApplication application = new DemoApplication(new Hoard(shared));
    ResponderLimits usual = ResponderLimits.DEFAULT;
    return where
        .responder(application::handle)
        .limits(new ResponderLimits(1, 1, 1, usual.maxParamsBytes(), usual.maxParams()))
        .start();
  }
}
