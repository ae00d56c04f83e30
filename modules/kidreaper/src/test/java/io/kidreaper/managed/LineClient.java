package io.kidreaper.managed;

import io.kidreaper.testbed.Listen;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** The other end of {@code worker.pl}: one line there, one line back. */
final class LineClient {
  private static final int LIMIT_SECONDS = 60;

  private LineClient() {}

  /**
   * Asks and waits for the answer, its worker's pid first.
   *
   * @throws CompletionException if there is none within a minute
   */
  static String ask(Listen where, String line) {
    return askLater(where, line).join();
  }

  /** Asks; the connection is made when this returns. */
  static CompletableFuture<String> askLater(Listen where, String line) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    try {
      SocketChannel channel = SocketChannel.open(address(where));
      channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
      Thread.ofVirtual().start(() -> read(channel, answer));
    } catch (IOException e) {
      answer.completeExceptionally(e);
    }
    return answer.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** The worker that gave an answer. */
  static int pid(String answer) {
    return Integer.parseInt(answer.substring(0, answer.indexOf(' ')));
  }

  private static void read(SocketChannel channel, CompletableFuture<String> answer) {
    try (channel;
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
      String line = reader.readLine();
      if (line == null) {
        throw new IOException("the connection ended without an answer");
      }
      answer.complete(line);
    } catch (IOException e) {
      answer.completeExceptionally(e);
    }
  }

  private static SocketAddress address(Listen where) {
    return switch (where) {
      case Listen.Unix(var path) -> UnixDomainSocketAddress.of(path);
      case Listen.Tcp(String host, int port) -> new InetSocketAddress(host, port);
    };
  }
}
