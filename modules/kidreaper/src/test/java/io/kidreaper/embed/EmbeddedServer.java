package io.kidreaper.embed;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Protocol;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.SocketKind;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@link Shop} as a JVM of its own.
 *
 * @param maxSize and maxRequests as a person writes them, a dash for none
 * @param wrapper words before it: programs that become it
 */
record EmbeddedServer(String maxSize, String maxRequests, List<String> wrapper) implements Server {
  private static final Path TARGET = Kidreaper.ROOT.resolve("modules/kidreaper/target");

  /** As it was packaged: an ordinary user cannot read the tests' own, which is in Maven's folder. */
  private static final String CLASS_PATH =
      "%1$s/test-classes:%1$s/kidreaper.jar:%1$s/lib/*".formatted(TARGET);

  @Override
  public Traits traits() {
    return Traits.of("embedded", Protocol.FASTCGI, Set.of(SocketKind.UNIX, SocketKind.TCP4));
  }

  @Override
  public Launch prepare(TempDir dir, Listen listen, int workers) {
    String address =
        switch (listen) {
          case Listen.Unix(Path path) -> "unix:" + path;
          case Listen.Tcp tcp -> tcp.hostAndPort();
        };
    List<Object> words = new ArrayList<>(wrapper);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java"));
    words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"));
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx64m", "-XX:MaxDirectMemorySize=2g"));
    words.addAll(List.of("-cp", CLASS_PATH, Shop.class.getName()));
    words.addAll(List.of(address, dir.path("."), maxSize, maxRequests));
    return Launch.of(Command.of(words.toArray())).pidfile(dir.path("shop.pid"));
  }
}
