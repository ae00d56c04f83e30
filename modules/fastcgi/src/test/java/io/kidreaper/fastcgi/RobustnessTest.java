package io.kidreaper.fastcgi;

import static io.kidreaper.fastcgi.ResponderProtocolTest.end;
import static io.kidreaper.fastcgi.ResponderProtocolTest.params;
import static io.kidreaper.fastcgi.ResponderProtocolTest.stdin;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.fastcgi.FcgiRecord.BeginRequest;
import io.kidreaper.fastcgi.FcgiRecord.EndRequest;
import io.kidreaper.fastcgi.FcgiRecord.GetValues;
import io.kidreaper.fastcgi.FcgiRecord.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server whose peers are broken, slow, or hostile: it ends their connections, says why, holds no
 * more than it may, and goes on serving the others.
 */
@Timeout(120)
class RobustnessTest {
  private static final Map<String, String> GET = Map.of("REQUEST_METHOD", "GET");

  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final List<FastCgiServer> servers = new ArrayList<>();

  @AfterEach
  void everyServerStillServesAndHoldsNothing() throws Exception {
    for (FastCgiServer server : servers) {
      try (Wire wire = new Wire(server.address())) {
        wire.get(1, false, GET);
        assertThat(wire.answer(1).body()).isEqualTo("hello");
      }
      await().until(() -> server.openConnections() == 0);
      assertThat(server.activeRequests()).isZero();
      server.close();
    }
  }

  @Test
  void everyKindOfMalformedInputEndsTheConnectionAndSaysWhy() throws Exception {
    FastCgiServer server = start(builder());
    ended(server, "its version is 71", ByteBuffer.wrap("GET / HTTP/1.0\r\n\r\n".getBytes(UTF_8)));
    ended(server, "unknown type 99", wire(new FcgiRecord.Other(99, 1, ByteBuffer.allocate(3))));
    ended(server, "while it is active", wire(new BeginRequest(1, 1, 1), new BeginRequest(1, 1, 1)));
    ended(server, "before the end of PARAMS", wire(new BeginRequest(1, 1, 1), stdin(1, "x")));
    ended(server, "only applications send", wire(new EndRequest(1, 0, 0)));
    ended(server, "needs a request id", ByteBuffer.wrap(new byte[] {1, 1, 0, 0, 0, 8, 0, 0}));
    ended(server, "7 bytes of content", ByteBuffer.wrap(new byte[] {1, 1, 0, 1, 0, 7, 0, 0}));
    ended(
        server,
        "but only 2 are left",
        wire(
            new BeginRequest(1, 1, 1),
            new Stream(RecordType.PARAMS, 1, RecordCodecTest.bytes("\u0009\u0009ab")),
            end(RecordType.PARAMS, 1)));
    assertThat(server.requestsBegun()).isZero();
  }

  private void ended(FastCgiServer server, String why, ByteBuffer input) throws IOException {
    errors.clear();
    try (Wire wire = new Wire(server.address())) {
      wire.send(input);
      assertThat(endsSoon(wire)).isTrue();
    }
    assertThat(errors).singleElement().asString().contains(why);
  }

  /** Reads to the end, or to the reset that closing with unread input makes. */
  private static boolean endsSoon(Wire wire) {
    try {
      while (!wire.isEnded()) {}
      return true;
    } catch (IOException reset) {
      return true;
    }
  }

  @Test
  void brokenInputAlsoEndsTheRequestsThatRun() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    FastCgiServer server =
        start(
            builder((rq, rs) -> {
              if (rq.param("WAIT") != null) {
                began.countDown();
                try {
                  new CountDownLatch(1).await();
                } finally {
                  interrupted.countDown();
                }
              }
              rs.send("text/plain", "hello");
            }));
    try (Wire wire = new Wire(server.address())) {
      wire.get(1, true, Map.of("WAIT", "1"));
      began.await();
      wire.send(new EndRequest(1, 0, 0));
      interrupted.await();
      assertThat(endsSoon(wire)).isTrue();
    }
  }

  @Test
  void anyBytesAtAllLeaveTheServerUnharmed() throws Exception {
    long seed = Seeds.seed("RobustnessTest.anyBytes");
    Random random = new Random(seed);
    FastCgiServer server = start(builder().readMillis(200));
    for (int round = 0; round < Seeds.rounds(300); round++) {
      try (Wire wire = new Wire(server.address())) {
        ByteBuffer input =
            wire(
                new BeginRequest(1, 1 + random.nextInt(4), random.nextInt(2)),
                params(1, GET),
                end(RecordType.PARAMS, 1),
                RecordFuzzTest.randomRecord(random),
                end(RecordType.STDIN, 1));
        for (int hits = random.nextInt(4); hits > 0; hits--) {
          input.put(random.nextInt(Math.min(80, input.limit())), (byte) random.nextInt(256));
        }
        input.limit(random.nextInt(input.limit() + 1));
        wire.send(input);
        if (random.nextBoolean()) {
          wire.channel.shutdownOutput();
          assertThat(endsSoon(wire)).as("seed %d, round %d", seed, round).isTrue();
        }
      } catch (IOException reset) {
        assertThat(reset.getMessage()).containsAnyOf("reset", "pipe");
      }
    }
  }

  @Test
  void aPeerThatClosesItsSendingHalfGetsItsAnswer() throws Exception {
    FastCgiServer server = start(builder());
    for (boolean keep : new boolean[] {true, false}) {
      try (Wire wire = new Wire(server.address())) {
        wire.get(1, keep, GET);
        wire.channel.shutdownOutput();
        assertThat(wire.answer(1).body()).isEqualTo("hello");
        assertThat(wire.isEnded()).isTrue();
      }
    }
  }

  @Test
  void aPeerThatClosesWithinTheBodyAbortsTheRequest() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch aborted = new CountDownLatch(1);
    FastCgiServer server =
        start(
            builder((rq, rs) -> {
              began.countDown();
              try {
                rq.stdin().transferTo(java.io.OutputStream.nullOutputStream());
              } catch (RequestAbortedException expected) {
                aborted.countDown();
              }
              rs.send("text/plain", "hello");
            }));
    try (Wire wire = new Wire(server.address())) {
      wire.send(
          new BeginRequest(1, 1, 1), params(1, GET), end(RecordType.PARAMS, 1), stdin(1, "x"));
      began.await();
    }
    aborted.await();
  }

  @Test
  void aHangupCanAbort() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    FastCgiServer server =
        start(
            builder(
                    (rq, rs) -> {
                      if (rq.param("WAIT") != null) {
                        began.countDown();
                        try {
                          new CountDownLatch(1).await();
                        } finally {
                          interrupted.countDown();
                        }
                      }
                      rs.send("text/plain", "hello");
                    })
                .abortOnHangup(true));
    try (Wire wire = new Wire(server.address())) {
      wire.get(1, false, Map.of("WAIT", "1"));
      began.await();
    }
    interrupted.await();
  }

  @Test
  void peersThatStopSendingAreCut() throws Exception {
    FastCgiServer server = start(builder().readMillis(100).idleMillis(100));
    ByteBuffer whole =
        wire(
            new BeginRequest(1, 1, 1),
            params(1, GET),
            end(RecordType.PARAMS, 1),
            stdin(1, "body"),
            end(RecordType.STDIN, 1));
    for (int sent = 0; sent < whole.limit(); sent += 3) {
      try (Wire wire = new Wire(server.address())) {
        wire.send(whole.duplicate().limit(sent));
        assertThat(endsSoon(wire)).isTrue();
      }
    }
    try (Wire wire = new Wire(server.address())) {
      wire.send(whole.duplicate());
      assertThat(wire.answer(1).body()).isEqualTo("hello");
      assertThat(wire.isEnded()).as("an idle connection is closed").isTrue();
    }
  }

  @Test
  void aByteNowAndThenDoesNotBuyTime() throws Exception {
    FastCgiServer server = start(builder().readMillis(300));
    ByteBuffer head = wire(new BeginRequest(1, 1, 1), params(1, Map.of("A", "x".repeat(60_000))));
    try (Wire wire = new Wire(server.address())) {
      Thread dripping =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < head.limit(); i++) {
                    wire.send(head.duplicate().position(i).limit(i + 1));
                    Thread.sleep(10);
                  }
                } catch (IOException | InterruptedException cut) {
                  // That is what the test waits for.
                }
              });
      assertThat(endsSoon(wire)).isTrue();
      dripping.join();
    }
  }

  @Test
  void aPeerThatTakesNothingIsCut() throws Exception {
    CountDownLatch failed = new CountDownLatch(1);
    FastCgiServer server =
        start(
            builder(
                    (rq, rs) -> {
                      if (rq.param("FLOOD") != null) {
                        try {
                          while (true) {
                            rs.stdout().write(new byte[100_000]);
                          }
                        } catch (RequestAbortedException expected) {
                          failed.countDown();
                        }
                      }
                      rs.send("text/plain", "hello");
                    })
                .writeMillis(100));
    try (Wire wire = new Wire(server.address())) {
      wire.get(1, true, Map.of("FLOOD", "1"));
      failed.await();
    }
  }

  @Test
  void aPeerThatAsksAndNeverListensIsCut() throws Exception {
    FastCgiServer server = start(builder().writeMillis(100));
    ByteBuffer question =
        wire(new GetValues(ByteBuffer.wrap(Params.of(Map.of("FCGI_MAX_CONNS", "")).encoded())));
    try (Wire wire = new Wire(server.address())) {
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> {
                while (true) {
                  wire.send(question.duplicate());
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aBodyThatNobodyReadsIsNotHeld() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    FastCgiServer server =
        start(
            builder(
                    (rq, rs) -> {
                      if (rq.param("WAIT") != null) {
                        go.await();
                      }
                      rs.send("text/plain", "hello");
                    })
                .bufferBytes(1_000));
    try (Wire wire = new Wire(server.address())) {
      wire.send(
          new BeginRequest(1, 1, 1), params(1, Map.of("WAIT", "1")), end(RecordType.PARAMS, 1));
      ByteBuffer piece = wire(stdin(1, "x".repeat(60_000)));
      wire.channel.configureBlocking(false);
      long sentBytes = 0;
      long refusals = 0;
      // Once neither the server nor the sockets take more, nothing is taken any more at all.
      while (refusals < 100_000) {
        int count = wire.channel.write(piece);
        sentBytes += count;
        refusals = count == 0 ? refusals + 1 : 0;
        if (!piece.hasRemaining()) {
          piece.clear();
        }
      }
      assertThat(sentBytes).as("what sockets hold").isLessThan(50_000_000);
      go.countDown();
      wire.channel.configureBlocking(true);
      // What was not read is dropped, and the connection is good for another request.
      wire.send(piece);
      wire.send(end(RecordType.STDIN, 1));
      assertThat(wire.answer(1).body()).isEqualTo("hello");
      wire.get(1, true, GET);
      assertThat(wire.answer(1).body()).isEqualTo("hello");
    }
  }

  @Test
  void anAnswerSurvivesABodyThatIsStillComing() throws Exception {
    FastCgiServer server = start(builder());
    for (int i = 0; i < 50; i++) {
      try (Wire wire = new Wire(server.address())) {
        wire.send(new BeginRequest(1, 1, 0), params(1, GET), end(RecordType.PARAMS, 1));
        Thread sender =
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    for (int piece = 0; piece < 20; piece++) {
                      wire.send(stdin(1, "x".repeat(10_000)));
                    }
                  } catch (IOException closed) {
                    // It may be, after the answer.
                  }
                });
        assertThat(wire.answer(1).body()).isEqualTo("hello");
        sender.join();
      }
    }
  }

  @Test
  void moreConnectionsThanAllowedWait() throws Exception {
    FastCgiServer server = start(builder().limits(new ResponderLimits(2, 10, 1, 1_000, 10)));
    try (Wire one = new Wire(server.address());
        Wire two = new Wire(server.address());
        Wire three = new Wire(server.address())) {
      one.get(1, true, GET);
      two.get(1, true, GET);
      one.answer(1);
      two.answer(1);
      three.get(1, false, GET);
      one.channel.shutdownOutput();
      assertThat(three.answer(1).body()).isEqualTo("hello");
    }
  }

  @Test
  void tenThousandConnectionsAreHeldAndServed() throws Exception {
    // A descriptor for each end, and some for the JVM itself.
    int count = (int) Math.min(10_000, (descriptorLimit() - 500) / 2);
    FastCgiServer server = start(builder().limits(new ResponderLimits(20_000, 100, 1, 1_000, 10)));
    List<Wire> wires = new ArrayList<>();
    try {
      Runtime runtime = Runtime.getRuntime();
      for (int i = 0; i < count; i++) {
        wires.add(new Wire(server.address()));
      }
      for (Wire wire : wires) {
        wire.get(1, true, GET);
        assertThat(wire.answer(1).body()).isEqualTo("hello");
      }
      assertThat(server.openConnections()).isEqualTo(count);
      System.out.printf(
          "RobustnessTest: %d connections held, heap %d MB%n",
          count, (runtime.totalMemory() - runtime.freeMemory()) >> 20);
      assertThat(count).as("the descriptor limit allows a real test").isGreaterThan(1_000);
    } finally {
      for (Wire wire : wires) {
        wire.close();
      }
    }
    await().until(() -> server.openConnections() == 0);
  }

  private static long descriptorLimit() {
    return ((com.sun.management.UnixOperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean())
        .getMaxFileDescriptorCount();
  }

  private static ByteBuffer wire(FcgiRecord... records) {
    return RecordCodecTest.encode(List.of(records));
  }

  private FastCgiServerBuilder builder() {
    return builder((rq, rs) -> rs.send("text/plain", "hello"));
  }

  private FastCgiServerBuilder builder(FastCgiHandler handler) {
    return FastCgiServer.builder()
        .listenTcp(Wire.loopback())
        .responder(handler)
        .onError((what, error) -> errors.add(what + ": " + error.getMessage()));
  }

  private FastCgiServer start(FastCgiServerBuilder builder) throws IOException {
    FastCgiServer server = builder.start();
    servers.add(server);
    return server;
  }
}
