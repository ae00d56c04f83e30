package io.kidreaper.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A channel as lines of UTF-8, each ended by a line feed, each read and written within bounds of
 * size and time. Whoever exceeds a time finds the channel closed. Reading is for one thread,
 * writing for another.
 */
final class Lines {
  /** What comes next. */
  sealed interface Next {
    record Line(String text) implements Next {}

    /** More bytes than a line may have, and no end; or bytes that are no UTF-8. */
    record Unfit(String why) implements Next {}

    /**
     * Nothing more. What stood there without its line feed is dropped: half of {@code "workers":15}
     * asks for one worker.
     */
    record End() implements Next {}
  }

  /** Sleeps unless some channel has a deadline. */
  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private final SocketChannel channel;
  private final int mostBytes;
  private final ByteBuffer buffer = ByteBuffer.allocate(4096).limit(0);
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  /**
   * @param mostBytes of a line that is read
   */
  Lines(SocketChannel channel, int mostBytes) {
    this.channel = channel;
    this.mostBytes = mostBytes;
  }

  /**
   * Waits for a line.
   *
   * @param millis after which the channel is closed; 0 waits as long as it takes
   * @throws IOException if the channel fails or is closed meanwhile
   */
  Next next(long millis) throws IOException {
    try (Deadline _ = new Deadline(channel, millis)) {
      while (true) {
        while (buffer.hasRemaining()) {
          byte one = buffer.get();
          if (one == '\n') {
            return take();
          }
          if (line.size() == mostBytes) {
            return new Next.Unfit("is longer than " + mostBytes + " bytes");
          }
          line.write(one);
        }
        buffer.clear();
        int read = channel.read(buffer);
        buffer.flip();
        if (read < 0) {
          return new Next.End();
        }
      }
    }
  }

  /**
   * Writes a line.
   *
   * @param millis after which the channel is closed; 0 waits as long as it takes
   * @throws IOException if the channel fails or is closed meanwhile
   */
  void write(String text, long millis) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
    try (Deadline _ = new Deadline(channel, millis)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  private Next take() {
    byte[] bytes = line.toByteArray();
    line.reset();
    try {
      return new Next.Line(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return new Next.Unfit("is not UTF-8");
    }
  }

  /** Closes a channel unless it is itself closed in time; a blocked call on it fails then. */
  static final class Deadline implements AutoCloseable {
    private final @Nullable Future<?> expiry;

    Deadline(SocketChannel channel, long millis) {
      this.expiry =
          millis == 0
              ? null
              : TIMER.schedule(() -> closeQuietly(channel), millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
      if (expiry != null) {
        expiry.cancel(false);
      }
    }
  }

  static void closeQuietly(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is gone all the same.
    }
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("kidreaper-control-timer").daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }
}
