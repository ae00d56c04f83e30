package io.kidreaper.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.control.ControlClient.Received;
import io.kidreaper.linux.NativeLibc;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server on real sockets, with clients that behave and clients that do not. */
@Timeout(60)
class ControlServerTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int ME = new NativeLibc().effectiveUserId();

  @TempDir private Path folder;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<ControlServer> servers = new ArrayList<>();
  private RecordingHandler handler = new RecordingHandler("shop");

  @AfterEach
  void close() {
    servers.forEach(ControlServer::close);
  }

  private Path socket() {
    return folder.resolve("shop.sock");
  }

  private ControlServer serve(int connections, int followers, long idleMillis, long writeMillis) {
    ControlServer.Opened opened =
        ControlServer.open(
            socket(),
            new ServerSettings(ME, connections, followers, idleMillis, writeMillis),
            handler,
            log::add);
    assertThat(opened).isInstanceOf(ControlServer.Opened.Open.class);
    ControlServer server = ((ControlServer.Opened.Open) opened).server();
    servers.add(server);
    return server;
  }

  private ControlServer serve() {
    return serve(8, 4, 30_000, 10_000);
  }

  private ControlClient client() {
    return ((ControlClient.Connected.Open) ControlClient.connect(socket(), ME)).client();
  }

  private Reply ask(ControlCommand command) {
    try (ControlClient client = client()) {
      return reply(client.ask(command, LONG));
    }
  }

  private static Reply reply(Received received) {
    assertThat(received).isInstanceOf(Received.Line.class);
    return ((Received.Line) received).reply();
  }

  private SocketChannel raw() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
  }

  private static void say(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** All that comes until the server hangs up. */
  private static String rest(SocketChannel channel) throws IOException {
    StringBuilder text = new StringBuilder();
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    while (channel.read(bytes) >= 0) {
      text.append(StandardCharsets.UTF_8.decode(bytes.flip()));
      bytes.clear();
    }
    return text.toString();
  }

  @Test
  void tellsEachPoolAndThenThatItIsAll() {
    serve();
    handler.become(Statuses.full("shop"), Statuses.bare("wiki"));
    try (ControlClient client = client()) {
      assertThat(reply(client.ask(new ControlCommand.Status(), LONG)))
          .isEqualTo(new Reply.Pool(Statuses.full("shop")));
      assertThat(reply(client.next(LONG))).isEqualTo(new Reply.Pool(Statuses.bare("wiki")));
      assertThat(reply(client.next(LONG)).isLast()).isTrue();
      // And the same client may go on.
      assertThat(reply(client.ask(new ControlCommand.Scale(4), LONG)))
          .isInstanceOf(Reply.Done.class);
    }
    assertThat(handler.asked).containsExactly(new ControlCommand.Scale(4));
  }

  @Test
  void aRefusalComesWithItsReason() {
    handler = new RecordingHandler("shop", _ -> new Answer.Refused("not today"));
    serve();
    assertThat(ask(new ControlCommand.Restart())).isEqualTo(new Reply.Refused("not today"));
  }

  @Test
  void theHandlerLearnsThatItsAnswerHasGoneOut() {
    serve();
    ControlCommand.Stop stop = new ControlCommand.Stop(false);
    assertThat(ask(stop)).isInstanceOf(Reply.Done.class);
    await().atMost(LONG).until(() -> handler.answered.equals(List.of(stop)));
  }

  @Test
  void theHandlerLearnsItToWhenNobodyIsThereAnyMore() throws IOException {
    serve();
    try (SocketChannel gone = raw()) {
      say(gone, "{\"command\":\"restart\"}\n");
    }
    await().atMost(LONG).until(() -> handler.answered.size() == 1);
    assertThat(ask(new ControlCommand.Restart())).isInstanceOf(Reply.Done.class);
  }

  @Test
  void aFaultOfTheHandlerIsToldAndCostsNothingElse() {
    handler =
        new RecordingHandler(
            "shop",
            _ -> {
              throw new IllegalStateException("oops");
            });
    serve();
    assertThat(ask(new ControlCommand.Restart()).toString()).contains("own", "oops");
    assertThat(log).singleElement().asString().contains("oops");
    assertThat(ask(new ControlCommand.Status())).isInstanceOf(Reply.Pool.class);
  }

  @Test
  void linesMayComeInPiecesAndSeveralAtOnce() throws IOException {
    serve();
    try (SocketChannel channel = raw()) {
      for (String piece : List.of("{\"command\":\"sca", "le\",\"work", "ers\":3}\n{\"comm")) {
        say(channel, piece);
      }
      say(channel, "and\":\"restart\"}\n{\"command\":\"scale\",\"workers\":5}\n");
      channel.shutdownOutput();
      assertThat(rest(channel).lines()).hasSize(3).allMatch(line -> line.contains("\"done\""));
    }
    assertThat(handler.asked)
        .containsExactly(
            new ControlCommand.Scale(3), new ControlCommand.Restart(), new ControlCommand.Scale(5));
  }

  @Test
  void halfALineIsNoCommand() throws IOException {
    serve();
    try (SocketChannel channel = raw()) {
      say(channel, "{\"command\":\"restart\"}");
      channel.shutdownOutput();
      assertThat(rest(channel)).isEmpty();
    }
    assertThat(handler.asked).isEmpty();
  }

  @Test
  void aHugeLineIsRefusedAndTheClientSentAway() throws IOException {
    serve();
    try (SocketChannel channel = raw()) {
      say(channel, "{\"command\":\"" + "x".repeat(4096));
      assertThat(rest(channel)).contains("refused", "longer than 4096 bytes");
    }
    assertThat(ask(new ControlCommand.Status())).isInstanceOf(Reply.Pool.class);
  }

  @Test
  void whatIsNoCommandIsRefusedAndTheNextLineIsHeard() throws IOException {
    serve();
    try (SocketChannel channel = raw()) {
      say(channel, "GET / HTTP/1.1\n\n{\"command\":\"restart\"}\n\u00ff\u00fe\n");
      assertThat(rest(channel).lines())
          .satisfiesExactly(
              line -> assertThat(line).contains("refused", "not JSON"),
              line -> assertThat(line).contains("refused"),
              line -> assertThat(line).contains("\"done\""),
              line -> assertThat(line).contains("refused", "not UTF-8"));
    }
  }

  @Test
  void whoAsksNothingIsSentAway() throws IOException {
    serve(8, 4, 100, 10_000);
    try (SocketChannel channel = raw()) {
      assertThat(rest(channel)).isEmpty();
    }
  }

  @Test
  void whoDoesNotReadIsSentAwayAndHoldsUpNobody() throws IOException {
    serve(8, 4, 30_000, 300);
    try (SocketChannel channel = raw()) {
      // Until neither direction has room any more, or the server has hung up.
      channel.configureBlocking(false);
      String line = "{\"command\":\"status\"}\n";
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> {
            try {
              channel.write(ByteBuffer.wrap(line.repeat(50).getBytes(StandardCharsets.US_ASCII)));
              assertThat(ask(new ControlCommand.Restart())).isInstanceOf(Reply.Done.class);
              return false;
            } catch (IOException e) {
              return true;
            }
          });
    }
  }

  @Test
  void oneTooManyIsTurnedAwayUntilAnotherLeaves() throws IOException {
    serve(2, 2, 30_000, 10_000);
    try (ControlClient one = client();
        ControlClient two = client()) {
      assertThat(reply(one.ask(new ControlCommand.Restart(), LONG))).isInstanceOf(Reply.Done.class);
      assertThat(reply(two.ask(new ControlCommand.Restart(), LONG))).isInstanceOf(Reply.Done.class);
      assertThat(ask(new ControlCommand.Restart()).toString()).contains("too many connections");
    }
    await().atMost(LONG).until(() -> ask(new ControlCommand.Restart()) instanceof Reply.Done);
  }

  @Test
  void theLatestEventsAreTold() {
    serve();
    handler.history.add(Statuses.event("one"));
    handler.history.add(Statuses.event("two"));
    try (ControlClient client = client()) {
      assertThat(reply(client.ask(new ControlCommand.Events(1, false), LONG)))
          .isEqualTo(new Reply.Event(Statuses.event("two")));
      assertThat(reply(client.next(LONG))).isInstanceOf(Reply.Done.class);
    }
  }

  @Test
  void whoFollowsHearsUntilThePoolEnds() {
    serve();
    handler.history.add(Statuses.event("one"));
    try (ControlClient client = client()) {
      assertThat(reply(client.ask(new ControlCommand.Events(1, true), LONG)))
          .isEqualTo(new Reply.Event(Statuses.event("one")));
      handler.history.add(Statuses.event("two"));
      assertThat(reply(client.next(LONG))).isEqualTo(new Reply.Event(Statuses.event("two")));
      handler.history.end();
      assertThat(reply(client.next(LONG))).isEqualTo(new Reply.Done("this kidreaper has ended"));
      assertThat(client.next(LONG)).isEqualTo(new Received.End());
    }
  }

  @Test
  void whoFollowsHearsTheRestAndTheEndWhenTheServerCloses() {
    ControlServer server = serve();
    try (ControlClient client = client()) {
      handler.history.add(Statuses.event("one"));
      assertThat(reply(client.ask(new ControlCommand.Events(1, true), LONG)))
          .isInstanceOf(Reply.Event.class);
      handler.history.add(Statuses.event("two"));
      server.close();
      assertThat(reply(client.next(LONG))).isEqualTo(new Reply.Event(Statuses.event("two")));
      assertThat(reply(client.next(LONG))).isEqualTo(new Reply.Done("this kidreaper has ended"));
    }
  }

  @Test
  void aFollowerThatDoesNotReadHoldsUpNobodyAndLearnsWhatItMissed() {
    serve();
    try (ControlClient client = client()) {
      handler.history.add(Statuses.event("0"));
      assertThat(reply(client.ask(new ControlCommand.Events(1, true), LONG)))
          .isInstanceOf(Reply.Event.class);
      // More than any socket takes: some 40 MB.
      int all = 20_000;
      for (int i = 1; i <= all; i++) {
        handler.history.add(Statuses.event(i + "x".repeat(1_900)));
      }
      handler.history.end();

      long seen = 0;
      long missed = 0;
      Reply reply = reply(client.next(LONG));
      while (!reply.isLast()) {
        if (reply instanceof Reply.Missed(long events)) {
          missed += events;
        } else {
          seen++;
        }
        reply = reply(client.next(LONG));
      }
      assertThat(missed).isPositive();
      assertThat(seen + missed).isEqualTo(all);
    }
  }

  @Test
  void aFollowerThatHasGoneMakesRoomWithoutAnEvent() {
    serve(8, 1, 30_000, 10_000);
    handler.history.add(Statuses.event("one"));
    ControlCommand.Events follow = new ControlCommand.Events(1, true);
    try (ControlClient first = client()) {
      assertThat(reply(first.ask(follow, LONG))).isInstanceOf(Reply.Event.class);
      assertThat(ask(follow)).isInstanceOf(Reply.Refused.class);
    }
    await().atMost(LONG).until(() -> ask(follow) instanceof Reply.Event);
  }

  @Test
  void itsFileIsForItsOwnerAloneAndGoesWithIt() throws IOException {
    ControlServer server = serve();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
        .isEqualTo("rw-------");
    server.close();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
    assertThat(ControlClient.connect(socket(), ME))
        .isEqualTo(
            new ControlClient.Connected.Failed("there is no control socket " + socket(), true));
  }

  @Test
  void aSocketLeftBehindIsReplaced() throws IOException {
    Files.writeString(folder.resolve("shop.sock.new"), "left too");
    serve();
    handler = new RecordingHandler("next");
    ControlServer next = serve();
    assertThat(ask(new ControlCommand.Status())).isEqualTo(new Reply.Pool(Statuses.full("next")));
    // The former one's end does not take the file of the next away.
    servers.getFirst().close();
    assertThat(ask(new ControlCommand.Status())).isEqualTo(new Reply.Pool(Statuses.full("next")));
    next.close();
  }

  @Test
  void anAnswerUnderWayGoesOutWhenTheServerCloses() {
    AtomicReference<Runnable> whenAsked = new AtomicReference<>(() -> {});
    handler =
        new RecordingHandler(
            "shop",
            _ -> {
              whenAsked.get().run();
              return new Answer.Done("good bye");
            });
    ControlServer server = serve();
    whenAsked.set(() -> {
      Thread.ofVirtual().start(server::close);
      await().atMost(LONG).until(() -> !Files.exists(socket()));
    });
    try (ControlClient client = client()) {
      assertThat(reply(client.ask(new ControlCommand.Stop(false), LONG)))
          .isEqualTo(new Reply.Done("good bye"));
      assertThat(client.next(LONG)).isEqualTo(new Received.End());
    }
  }

  @Test
  void aPathThatIsTooLongIsRefusedWithASentence() {
    Path path = folder.resolve("x".repeat(100) + ".sock");
    assertThat(ControlServer.open(path, ME, handler, log::add).toString())
        .contains("bytes too long", "--state DIR");
  }

  @Test
  void aFolderThatIsNotThereIsRefusedWithASentence() {
    Path path = folder.resolve("no/shop.sock");
    assertThat(ControlServer.open(path, ME, handler, log::add).toString())
        .contains("Refused", path.toString());
  }

  @Test
  void nobodyListensWhereAKidreaperHasDied() throws IOException {
    Files.writeString(socket(), "");
    assertThat(ControlClient.connect(socket(), ME))
        .isEqualTo(new ControlClient.Connected.Failed("nobody listens at " + socket(), true));
  }
}
