package io.kidreaper.control;

import io.kidreaper.linux.socket.PeerUser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** One client of a {@link ControlServer}, on a thread of its own. */
final class Connection {
  private static final int MOST_LINE_BYTES = 4096;

  private enum Doing {
    /** It waits for a line; nothing is lost if it is closed. */
    WAITING,
    ANSWERING,
    FOLLOWING
  }

  private final SocketChannel channel;
  private final ServerSettings settings;
  private final ControlHandler handler;
  private final ControlServer server;
  private final Lines lines;
  private volatile Doing doing = Doing.ANSWERING;

  Connection(
      SocketChannel channel,
      ServerSettings settings,
      ControlHandler handler,
      ControlServer server) {
    this.channel = channel;
    this.settings = settings;
    this.handler = handler;
    this.server = server;
    this.lines = new Lines(channel, MOST_LINE_BYTES);
  }

  boolean follows() {
    return doing == Doing.FOLLOWING;
  }

  void closeIfIdle() {
    if (doing == Doing.WAITING) {
      close();
    }
  }

  void close() {
    Lines.closeQuietly(channel);
  }

  /** One short line always fits into a new connection. */
  void turnAway(String reason) {
    try (channel) {
      write(new Reply.Refused(reason));
    } catch (IOException e) {
      // It has gone already.
    }
  }

  void run() {
    try (channel) {
      if (PeerUser.isOursOrRoot(channel, settings.ourUserId())) {
        converse();
      } else {
        write(
            new Reply.Refused(
                "this kidreaper belongs to user "
                    + settings.ourUserId()
                    + " and answers only to that one and to root"));
      }
    } catch (IOException e) {
      // The client has gone, or did not read or ask in time.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      server.complain("a fault of kidreaper's own at its control socket: " + e);
    }
  }

  private void converse() throws IOException, InterruptedException {
    while (!server.closing()) {
      doing = Doing.WAITING;
      Lines.Next next = lines.next(settings.idleMillis());
      doing = Doing.ANSWERING;
      switch (next) {
        case Lines.Next.Line(String text) -> {
          if (!answer(text)) {
            return;
          }
        }
        case Lines.Next.Unfit(String why) -> {
          write(new Reply.Refused("the line " + why));
          return;
        }
        case Lines.Next.End() -> {
          return;
        }
      }
    }
  }

  /** Whether the client may ask again. */
  private boolean answer(String line) throws IOException, InterruptedException {
    switch (CommandJson.read(line)) {
      case CommandJson.Read.Refused(String reason) -> write(new Reply.Refused(reason));
      case CommandJson.Read.Command(ControlCommand.Status()) -> {
        for (PoolStatus pool : handler.status()) {
          write(new Reply.Pool(pool));
        }
        write(new Reply.Done("that is all"));
      }
      case CommandJson.Read.Command(ControlCommand.First(int pid)) -> {
        Optional<FirstSeen> first = handler.first(pid);
        if (first.isPresent()) {
          write(new Reply.First(first.get()));
        }
        write(new Reply.Done("that is all"));
      }
      case CommandJson.Read.Command(ControlCommand.Events(int last, boolean follow)) -> {
        if (follow) {
          follow(last);
          return false;
        }
        for (HistoryEvent event : handler.events().latest(last)) {
          write(new Reply.Event(event));
        }
        write(new Reply.Done("that is all"));
      }
      case CommandJson.Read.Command(ControlCommand.Action action) -> act(action);
    }
    return true;
  }

  private void act(ControlCommand.Action action) throws IOException {
    Answer answer;
    try {
      answer = handler.act(action);
    } catch (RuntimeException e) {
      answer = new Answer.Refused("a fault of kidreaper's own: " + e);
      server.complain(action + " met a fault of kidreaper's own: " + e);
    }
    try {
      write(
          switch (answer) {
            case Answer.Done(String text) -> new Reply.Done(text);
            case Answer.Refused(String reason) -> new Reply.Refused(reason);
          });
    } finally {
      handler.answered(action, answer);
    }
  }

  private void follow(int last) throws IOException, InterruptedException {
    doing = Doing.FOLLOWING;
    if (!server.mayFollow()) {
      write(new Reply.Refused("too many follow the events already"));
      return;
    }
    try (EventHistory.Follower follower = handler.events().follow(last)) {
      Thread.ofVirtual().name("kidreaper-control-end").start(() -> awaitEnd(follower));
      boolean more = true;
      while (more) {
        more =
            switch (follower.next()) {
              case EventHistory.Next.Event(HistoryEvent event) -> tell(new Reply.Event(event));
              case EventHistory.Next.Missed(long events) -> tell(new Reply.Missed(events));
              case EventHistory.Next.Ended() -> !tell(new Reply.Done("this kidreaper has ended"));
              case EventHistory.Next.Closed() -> false;
            };
      }
    }
  }

  /** A follower may read as slowly as it likes: it holds up nobody but itself. */
  private boolean tell(Reply reply) throws IOException {
    lines.write(ReplyJson.write(reply), 0);
    return true;
  }

  /** A follower that has gone would otherwise be noticed only at the next event. */
  private void awaitEnd(EventHistory.Follower follower) {
    ByteBuffer ignored = ByteBuffer.allocate(512);
    try {
      while (channel.read(ignored) >= 0) {
        ignored.clear();
      }
    } catch (IOException e) {
      // The same as its end.
    }
    follower.close();
  }

  private void write(Reply reply) throws IOException {
    lines.write(ReplyJson.write(reply), settings.writeMillis());
  }
}
