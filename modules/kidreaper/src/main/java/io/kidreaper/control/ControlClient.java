package io.kidreaper.control;

import io.kidreaper.json.JsonFault;
import io.kidreaper.linux.socket.PeerUser;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Asks a running kidreaper. For one thread; {@link #close} is for any. */
public final class ControlClient implements AutoCloseable {
  private static final int MOST_LINE_BYTES = 8 << 20;
  private static final long CONNECT_MILLIS = 10_000;

  /** What came of connecting. */
  public sealed interface Connected {
    record Open(ControlClient client) implements Connected {}

    /**
     * @param reason a sentence that names the socket
     * @param nobodyThere whether that is so because no kidreaper runs there
     */
    record Failed(String reason, boolean nobodyThere) implements Connected {}
  }

  /** What comes back. */
  public sealed interface Received {
    /**
     * @param json as it came
     */
    record Line(Reply reply, String json) implements Received {}

    /** The other end has closed: it has ended, perhaps before it could answer. */
    record End() implements Received {}

    /**
     * @param reason a clause: it did not answer in time, or its answer makes no sense here
     */
    record Failed(String reason) implements Received {}
  }

  private final SocketChannel channel;
  private final Lines lines;

  private ControlClient(SocketChannel channel) {
    this.channel = channel;
    this.lines = new Lines(channel, MOST_LINE_BYTES);
  }

  /**
   * Connects. An ordinary user's client talks only to a server of the same user or of root; root's
   * to any.
   *
   * @param ourUserId our effective user id
   */
  public static Connected connect(Path socket, int ourUserId) {
    if (!Files.exists(socket)) {
      return new Connected.Failed("there is no control socket " + socket, true);
    }
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try (Lines.Deadline _ = new Lines.Deadline(channel, CONNECT_MILLIS)) {
        channel.connect(UnixDomainSocketAddress.of(socket));
      }
      if (ourUserId != 0 && !PeerUser.isOursOrRoot(channel, ourUserId)) {
        Lines.closeQuietly(channel);
        return new Connected.Failed(
            "whoever listens at " + socket + " is neither you nor root, and is told nothing",
            false);
      }
      return new Connected.Open(new ControlClient(channel));
    } catch (IOException e) {
      if (channel != null) {
        Lines.closeQuietly(channel);
      }
      return new Connected.Failed(
          e instanceof ConnectException
              ? "nobody listens at " + socket
              : "cannot connect to " + socket + ": " + e.getMessage(),
          e instanceof ConnectException);
    }
  }

  /**
   * Asks, and waits for the first line that comes back.
   *
   * @param patience at least 1 ms
   */
  public Received ask(ControlCommand command, Duration patience) {
    try {
      lines.write(CommandJson.write(command), patience.toMillis());
    } catch (IOException e) {
      // The reason for which it was turned away may stand there to be read.
    }
    return next(patience);
  }

  /**
   * Waits for the next line.
   *
   * @param patience zero waits as long as it takes
   */
  public Received next(Duration patience) {
    try {
      return switch (lines.next(patience.toMillis())) {
        case Lines.Next.Line(String text) -> new Received.Line(ReplyJson.read(text), text);
        case Lines.Next.Unfit(String why) -> new Received.Failed("its answer " + why);
        case Lines.Next.End() -> new Received.End();
      };
    } catch (AsynchronousCloseException e) {
      return new Received.Failed("it did not answer within " + patience.toMillis() + " ms");
    } catch (JsonFault e) {
      return new Received.Failed("its answer " + e.getMessage() + "; is it of another version?");
    } catch (IOException e) {
      return new Received.End();
    }
  }

  /** Hangs up; a call that waits on another thread comes back. */
  @Override
  public void close() {
    Lines.closeQuietly(channel);
  }
}
