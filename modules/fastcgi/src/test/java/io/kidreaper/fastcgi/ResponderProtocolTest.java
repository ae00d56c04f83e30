package io.kidreaper.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.fastcgi.FcgiRecord.AbortRequest;
import io.kidreaper.fastcgi.FcgiRecord.BeginRequest;
import io.kidreaper.fastcgi.FcgiRecord.EndRequest;
import io.kidreaper.fastcgi.FcgiRecord.GetValues;
import io.kidreaper.fastcgi.FcgiRecord.GetValuesResult;
import io.kidreaper.fastcgi.FcgiRecord.Other;
import io.kidreaper.fastcgi.FcgiRecord.Stream;
import io.kidreaper.fastcgi.FcgiRecord.UnknownType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ResponderProtocolTest {
  private static final Map<String, String> GET = Map.of("REQUEST_METHOD", "GET");

  private ResponderLimits limits = new ResponderLimits(10, 20, 2, 1_000, 5);
  private ResponderProtocol protocol = new ResponderProtocol(limits, EnumSet.allOf(Role.class));

  @Test
  void aResponderGetsParametersAndBody() throws Exception {
    assertThat(
            receive(
                new BeginRequest(1, 1, 1),
                params(1, GET),
                end(RecordType.PARAMS, 1),
                stdin(1, "ab"),
                stdin(1, "c"),
                end(RecordType.STDIN, 1)))
        .containsExactly(
            "Request 1 RESPONDER keep {REQUEST_METHOD=GET}", "STDIN 1 abc", "end STDIN 1");
    assertThat(protocol.activeRequests()).isEqualTo(1);
    assertThat(protocol.end(1)).as("all input had come").isTrue();
    assertThat(protocol.activeRequests()).isZero();
  }

  @Test
  void anAuthorizerHasNoBody() throws Exception {
    assertThat(
            receive(
                new BeginRequest(1, 2, 0),
                params(1, GET),
                end(RecordType.PARAMS, 1),
                end(RecordType.STDIN, 1)))
        .containsExactly("Request 1 AUTHORIZER close {REQUEST_METHOD=GET}");
    assertThat(protocol.isInputComplete(1)).isTrue();
  }

  @Test
  void aFilterGetsBodyAndFile() throws Exception {
    assertThat(
            receive(
                new BeginRequest(1, 3, 0),
                end(RecordType.PARAMS, 1),
                stdin(1, "q"),
                end(RecordType.STDIN, 1)))
        .containsExactly("Request 1 FILTER close {}", "STDIN 1 q", "end STDIN 1");
    assertThat(protocol.isInputComplete(1)).isFalse();
    assertThat(
            receive(
                new Stream(RecordType.DATA, 1, RecordCodecTest.bytes("file")),
                end(RecordType.DATA, 1)))
        .containsExactly("DATA 1 file", "end DATA 1");
    assertThat(protocol.isInputComplete(1)).isTrue();
  }

  @Test
  void requestsSideBySideAreKeptApart() throws Exception {
    assertThat(
            receive(
                new BeginRequest(1, 1, 1),
                new BeginRequest(2, 1, 1),
                params(1, Map.of("A", "1")),
                params(2, Map.of("B", "2")),
                end(RecordType.PARAMS, 2),
                stdin(2, "two"),
                end(RecordType.PARAMS, 1),
                stdin(1, "one"),
                end(RecordType.STDIN, 2)))
        .containsExactly(
            "Request 2 RESPONDER keep {B=2}",
            "STDIN 2 two",
            "Request 1 RESPONDER keep {A=1}",
            "STDIN 1 one",
            "end STDIN 2");
  }

  @Test
  void aPairMayBeCutByRecords() throws Exception {
    byte[] encoded = Params.of(Map.of("NAME", "v".repeat(300))).encoded();
    List<FcgiRecord> records = new ArrayList<>(List.of(new BeginRequest(1, 1, 1)));
    for (byte one : encoded) {
      records.add(new Stream(RecordType.PARAMS, 1, ByteBuffer.wrap(new byte[] {one})));
    }
    records.add(end(RecordType.PARAMS, 1));
    assertThat(receive(records.toArray(FcgiRecord[]::new)))
        .containsExactly("Request 1 RESPONDER keep {NAME=" + "v".repeat(300) + "}");
  }

  @Test
  void moreRequestsThanAllowedAreRefused() throws Exception {
    assertThat(
            receive(
                new BeginRequest(1, 1, 1),
                new BeginRequest(2, 1, 1),
                new BeginRequest(3, 1, 1),
                params(3, GET),
                end(RecordType.PARAMS, 3),
                stdin(3, "ignored")))
        .containsExactly(reply(new EndRequest(3, 0, ProtocolStatus.OVERLOADED.code())));
    protocol.end(1);
    assertThat(receive(new BeginRequest(3, 1, 1))).isEmpty();
    assertThat(protocol.activeRequests()).isEqualTo(2);
  }

  @Test
  void aConnectionThatDoesNotMultiplexSaysSo() throws Exception {
    limits = new ResponderLimits(10, 20, 1, 1_000, 5);
    protocol = new ResponderProtocol(limits, EnumSet.of(Role.RESPONDER));
    assertThat(receive(new BeginRequest(1, 1, 1), new BeginRequest(2, 1, 1)))
        .containsExactly(reply(new EndRequest(2, 0, ProtocolStatus.CANT_MPX_CONN.code())));
  }

  @Test
  void anUnknownRoleIsRefused() throws Exception {
    protocol = new ResponderProtocol(limits, EnumSet.of(Role.RESPONDER));
    String unknown = reply(new EndRequest(7, 0, ProtocolStatus.UNKNOWN_ROLE.code()));
    assertThat(receive(new BeginRequest(7, 2, 1))).containsExactly(unknown);
    assertThat(receive(new BeginRequest(7, 99, 0))).containsExactly(unknown + " close");
    assertThat(protocol.activeRequests()).isZero();
  }

  @Test
  void anAbortedRequestStaysActiveUntilItIsEnded() throws Exception {
    receive(new BeginRequest(1, 1, 1), end(RecordType.PARAMS, 1));
    assertThat(receive(new AbortRequest(1))).containsExactly("aborted 1");
    assertThat(protocol.activeRequests()).isEqualTo(1);
    assertThat(protocol.end(1)).as("all input had come").isFalse();
  }

  @Test
  void aRequestAbortedBeforeItsParametersWereCompleteIsEndedByTheProtocol() throws Exception {
    assertThat(receive(new BeginRequest(1, 1, 1), params(1, GET), new AbortRequest(1)))
        .containsExactly(reply(new EndRequest(1, 0, ProtocolStatus.REQUEST_COMPLETE.code())));
    assertThat(protocol.activeRequests()).isZero();
  }

  @Test
  void recordsOfInactiveRequestsAreIgnored() throws Exception {
    assertThat(
            receive(
                new AbortRequest(5),
                params(5, GET),
                stdin(5, "x"),
                end(RecordType.STDIN, 5),
                new Stream(RecordType.DATA, 5, RecordCodecTest.bytes("x"))))
        .isEmpty();
  }

  @Test
  void aRequestIdCanBeUsedAgain() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(receive(new BeginRequest(1, 1, 1), end(RecordType.PARAMS, 1)))
          .containsExactly("Request 1 RESPONDER keep {}");
      protocol.end(1);
      // What was still on its way when the request ended.
      assertThat(receive(stdin(1, "late"), end(RecordType.STDIN, 1))).isEmpty();
    }
  }

  @Test
  void aRequestThatEndsWithinARecordDoesNotGetTheRest() throws Exception {
    receive(new BeginRequest(1, 1, 1), end(RecordType.PARAMS, 1));
    ByteBuffer in = RecordCodecTest.encode(List.of(stdin(1, "abcdef")));
    assertThat(protocol.next(in)).isEqualTo(new ResponderEvent.Content(1, RecordType.STDIN));
    protocol.take(in, new byte[2], 0, 2);
    protocol.end(1);
    assertThat(protocol.next(in)).isNull();
    assertThat(in.hasRemaining()).isFalse();
  }

  @Test
  void limitsAreToldToWhoAsks() throws Exception {
    GetValues question =
        new GetValues(
            ByteBuffer.wrap(
                Params.of(
                        Map.of(
                            "FCGI_MAX_CONNS",
                            "",
                            "FCGI_MPXS_CONNS",
                            "",
                            "FCGI_MAX_REQS",
                            "",
                            "OTHER",
                            ""))
                    .encoded()));
    ResponderEvent.Reply reply =
        (ResponderEvent.Reply)
            Objects.requireNonNull(protocol.next(RecordCodecTest.encode(List.of(question))));
    GetValuesResult result =
        (GetValuesResult) Objects.requireNonNull(new RecordReader().next(reply.bytes()));
    byte[] content = new byte[result.content().remaining()];
    result.content().get(content);
    assertThat(Params.parse(content).asMap())
        .containsOnly(
            Map.entry("FCGI_MAX_CONNS", "10"),
            Map.entry("FCGI_MAX_REQS", "20"),
            Map.entry("FCGI_MPXS_CONNS", "1"));
  }

  @Test
  void anUnknownManagementRecordIsAnsweredWithItsType() throws Exception {
    assertThat(receive(new Other(77, 0, RecordCodecTest.bytes("whatever"))))
        .containsExactly(reply(new UnknownType(77)));
  }

  @Test
  void whatAWebServerMustNotSendIsRefused() {
    refused("unknown type 77", new Other(77, 1, RecordCodecTest.bytes("")));
    refused("only applications send", new EndRequest(1, 0, 0));
    refused("only applications send", new Stream(RecordType.STDOUT, 1, RecordCodecTest.bytes("")));
    refused("only applications send", new UnknownType(1));
    refused("only applications send", new GetValuesResult(RecordCodecTest.bytes("")));
    refused("while it is active", new BeginRequest(1, 1, 1), new BeginRequest(1, 1, 1));
    refused("STDIN before the end of PARAMS", new BeginRequest(1, 1, 1), stdin(1, "x"));
    refused(
        "PARAMS after the end",
        new BeginRequest(1, 1, 1),
        end(RecordType.PARAMS, 1),
        params(1, GET));
    refused(
        "STDIN after the end",
        new BeginRequest(1, 1, 1),
        end(RecordType.PARAMS, 1),
        end(RecordType.STDIN, 1),
        stdin(1, "x"));
    refused(
        "DATA after the end",
        new BeginRequest(1, 1, 1),
        end(RecordType.PARAMS, 1),
        new Stream(RecordType.DATA, 1, RecordCodecTest.bytes("x")));
    refused(
        "1 bytes, but only 1",
        new BeginRequest(1, 1, 1),
        pairs(1, "\1\1a"),
        end(RecordType.PARAMS, 1));
    refused("end within a length", new GetValues(RecordCodecTest.bytes("\1")));
  }

  @Test
  void parametersAreLimitedInSizeAndNumber() {
    refused("more than 1000 bytes", new BeginRequest(1, 1, 1), pairs(1, "x".repeat(1_001)));
    refused(
        "more than 1000 bytes",
        new BeginRequest(1, 1, 1),
        pairs(1, "x".repeat(600)),
        pairs(1, "x".repeat(401)));
    refused(
        "more than 5 name-value pairs",
        new BeginRequest(1, 1, 1),
        pairs(1, "\0\0".repeat(6)),
        end(RecordType.PARAMS, 1));
  }

  private void refused(String message, FcgiRecord... records) {
    protocol = new ResponderProtocol(limits, EnumSet.allOf(Role.class));
    assertThatThrownBy(() -> receive(records))
        .isInstanceOf(FastCgiProtocolException.class)
        .hasMessageContaining(message);
  }

  /**
   * Feeds the records, in pieces of five bytes, and describes the events, with a stream's pieces
   * joined.
   */
  private List<String> receive(FcgiRecord... records) throws FastCgiProtocolException {
    ByteBuffer wire = RecordCodecTest.encode(List.of(records));
    List<String> events = new ArrayList<>();
    while (wire.hasRemaining()) {
      ByteBuffer in = wire.slice(wire.position(), Math.min(5, wire.remaining()));
      wire.position(wire.position() + in.remaining());
      for (ResponderEvent e = protocol.next(in); e != null; e = protocol.next(in)) {
        String event = describe(e, in);
        String last = events.isEmpty() ? "" : events.getLast();
        String stream = event.substring(0, event.lastIndexOf(' ') + 1);
        if (e instanceof ResponderEvent.Content && last.startsWith(stream)) {
          events.set(events.size() - 1, last + event.substring(stream.length()));
        } else {
          events.add(event);
        }
      }
    }
    return events;
  }

  private String describe(ResponderEvent event, ByteBuffer in) {
    return switch (event) {
      case ResponderEvent.Request r ->
          "Request %d %s %s %s"
              .formatted(
                  r.requestId(),
                  r.role(),
                  r.keepConnection() ? "keep" : "close",
                  r.params().asMap());
      case ResponderEvent.Content c -> {
        byte[] bytes = new byte[in.remaining()];
        int length = protocol.take(in, bytes, 0, bytes.length);
        yield c.stream() + " " + c.requestId() + " " + new String(bytes, 0, length, UTF_8);
      }
      case ResponderEvent.StreamEnd e -> "end " + e.stream() + " " + e.requestId();
      case ResponderEvent.Aborted a -> "aborted " + a.requestId();
      case ResponderEvent.Reply r -> {
        try {
          yield "reply " + RecordCodecTest.decode(r.bytes(), 100) + (r.thenClose() ? " close" : "");
        } catch (FastCgiProtocolException e) {
          throw new AssertionError(e);
        }
      }
    };
  }

  private static String reply(FcgiRecord record) {
    return "reply " + List.of(record);
  }

  static Stream params(int id, Map<String, String> params) {
    return new Stream(RecordType.PARAMS, id, ByteBuffer.wrap(Params.of(params).encoded()));
  }

  private static Stream pairs(int id, String raw) {
    return new Stream(RecordType.PARAMS, id, RecordCodecTest.bytes(raw));
  }

  static Stream stdin(int id, String text) {
    return new Stream(RecordType.STDIN, id, RecordCodecTest.bytes(text));
  }

  static Stream end(RecordType stream, int id) {
    return new Stream(stream, id, RecordCodecTest.bytes(""));
  }
}
