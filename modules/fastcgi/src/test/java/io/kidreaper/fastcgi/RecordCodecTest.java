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
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  private static final List<FcgiRecord> ONE_OF_EACH =
      List.of(
          new BeginRequest(1, 1, 1),
          new BeginRequest(65_535, 65_535, 255),
          new AbortRequest(7),
          new EndRequest(1, -1, 3),
          new Stream(RecordType.PARAMS, 1, bytes("pairs")),
          new Stream(RecordType.STDIN, 2, bytes("")),
          new Stream(RecordType.STDOUT, 256, bytes("x".repeat(65_535))),
          new Stream(RecordType.STDERR, 3, bytes("12345678")),
          new Stream(RecordType.DATA, 4, bytes("1")),
          new GetValues(bytes("\u000e\0FCGI_MAX_CONNS")),
          new GetValuesResult(bytes("")),
          new UnknownType(99),
          new Other(200, 5, bytes("what")),
          new Other(12, 0, bytes("")));

  @Test
  void everyRecordComesBackAsItWas() throws Exception {
    for (FcgiRecord record : ONE_OF_EACH) {
      ByteBuffer wire = encode(List.of(record));
      assertThat(wire.remaining()).isEqualTo(record.encodedLength());
      assertThat(wire.remaining() % 8).isZero();
      assertThat(decode(wire, Integer.MAX_VALUE)).containsExactly(record);
    }
  }

  @Test
  void theStreamMayBeCutAnywhere() throws Exception {
    for (int pieceBytes : new int[] {1, 2, 3, 7, 8, 9, 1000}) {
      assertThat(decode(encode(ONE_OF_EACH), pieceBytes))
          .as("pieces of %d bytes", pieceBytes)
          .isEqualTo(ONE_OF_EACH);
    }
  }

  @Test
  void theBytesAreThoseOfTheSpecification() {
    assertThat(hex(new BeginRequest(258, 1, 1))).isEqualTo("01010102000800000001010000000000");
    assertThat(hex(new AbortRequest(1))).isEqualTo("0102000100000000");
    assertThat(hex(new EndRequest(1, 0x01020304, 2))).isEqualTo("01030001000800000102030402000000");
    assertThat(hex(new Stream(RecordType.STDOUT, 1, bytes("abc"))))
        .isEqualTo("01060001000305006162630000000000");
    assertThat(hex(new UnknownType(12))).isEqualTo("010b0000000800000c00000000000000");
  }

  @Test
  void theDirectEncodersWriteWhatTheValuesWrite() {
    ByteBuffer out = ByteBuffer.allocate(100);
    RecordEncoder.beginRequest(out, 9, 3, true);
    RecordEncoder.record(out, RecordType.STDIN, 9, "hello".getBytes(UTF_8), 1, 3);
    RecordEncoder.empty(out, RecordType.STDIN, 9);
    RecordEncoder.endRequest(out, 9, -2, ProtocolStatus.OVERLOADED);
    ByteBuffer values =
        encode(
            List.of(
                new BeginRequest(9, 3, 1),
                new Stream(RecordType.STDIN, 9, bytes("ell")),
                new Stream(RecordType.STDIN, 9, bytes("")),
                new EndRequest(9, -2, 2)));
    assertThat(out.flip()).isEqualTo(values);
  }

  @Test
  void paddingAndTheReservedByteAreIgnored() throws Exception {
    byte[] wire =
        HexFormat.of().parseHex("01050001000203ff" + "6869" + "ffffff" + "0105000100000000");
    for (int pieceBytes = 1; pieceBytes <= wire.length; pieceBytes++) {
      assertThat(decode(ByteBuffer.wrap(wire), pieceBytes))
          .containsExactly(
              new Stream(RecordType.STDIN, 1, bytes("hi")),
              new Stream(RecordType.STDIN, 1, bytes("")));
    }
  }

  @Test
  void contentEndsBeforeItsPaddingHasCome() throws Exception {
    RecordDecoder decoder = new RecordDecoder();
    ByteBuffer in = ByteBuffer.wrap(HexFormat.of().parseHex("010500010001ff0041"));
    assertThat(decoder.next(in)).isEqualTo(RecordDecoder.Step.HEADER);
    assertThat(decoder.next(in)).isEqualTo(RecordDecoder.Step.CONTENT);
    assertThat(decoder.take(in, new byte[1], 0, 1)).isEqualTo(1);
    assertThat(decoder.next(in)).isEqualTo(RecordDecoder.Step.END);
    assertThat(decoder.isBetweenRecords()).isTrue();
    assertThat(decoder.next(in)).isEqualTo(RecordDecoder.Step.NEED_BYTES);
  }

  @Test
  void contentThatIsNotTakenComesAgain() throws Exception {
    RecordDecoder decoder = new RecordDecoder();
    ByteBuffer in = encode(List.of(new Stream(RecordType.STDIN, 1, bytes("abcdef"))));
    byte[] taken = new byte[6];
    decoder.next(in);
    assertThat(decoder.next(in)).isEqualTo(RecordDecoder.Step.CONTENT);
    assertThat(decoder.next(in)).isEqualTo(RecordDecoder.Step.CONTENT);
    assertThat(decoder.take(in, taken, 0, 4)).isEqualTo(4);
    assertThat(decoder.next(in)).isEqualTo(RecordDecoder.Step.CONTENT);
    assertThat(decoder.available(in)).isEqualTo(2);
    assertThat(decoder.take(in, taken, 4, 2)).isEqualTo(2);
    assertThat(decoder.next(in)).isEqualTo(RecordDecoder.Step.END);
    assertThat(taken).asString(UTF_8).isEqualTo("abcdef");
  }

  @Test
  void aLittleEndianBufferIsReadAlike() throws Exception {
    ByteBuffer in =
        encode(List.of(new Stream(RecordType.STDIN, 300, bytes("abc"))))
            .order(ByteOrder.LITTLE_ENDIAN);
    RecordDecoder decoder = new RecordDecoder();
    decoder.next(in);
    assertThat(decoder.requestId()).isEqualTo(300);
    assertThat(decoder.contentLength()).isEqualTo(3);
  }

  @Test
  void anotherVersionIsRefused() {
    assertThatThrownBy(() -> decode(ByteBuffer.wrap(bytes("GET / HTTP/1.1\r\n").array()), 5))
        .isInstanceOf(FastCgiProtocolException.class)
        .hasMessageContaining("its version is 71");
  }

  @Test
  void recordsThatContradictThemselvesAreRefused() {
    refused("0101000100070100" + "0000000000000000", "BEGIN_REQUEST of request 1 has 7 bytes");
    refused("0102000100010700" + "0000000000000000", "ABORT_REQUEST of request 1 has 1 bytes");
    refused("0103000100000000", "END_REQUEST of request 1 has 0 bytes");
    refused("010b000000000000", "UNKNOWN_TYPE of request 0 has 0 bytes");
    refused("0105000000000000", "STDIN needs a request id");
    refused("0109000100000000", "GET_VALUES speaks of the connection but has request id 1");
  }

  @Test
  void numbersThatDoNotFitAreRefused() {
    ByteBuffer out = ByteBuffer.allocate(100);
    assertThatThrownBy(() -> RecordEncoder.header(out, RecordType.STDIN, 65_536, 0, 0))
        .hasMessageContaining("requestId is 65536");
    assertThatThrownBy(() -> RecordEncoder.header(out, RecordType.STDIN, 1, 65_536, 0))
        .hasMessageContaining("contentLength is 65536");
    assertThatThrownBy(() -> RecordEncoder.header(out, RecordType.STDIN, 1, 0, 256))
        .hasMessageContaining("paddingLength is 256");
  }

  private static void refused(String hex, String message) {
    assertThatThrownBy(() -> decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex)), 100))
        .isInstanceOf(FastCgiProtocolException.class)
        .hasMessageContaining(message);
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  static ByteBuffer encode(List<? extends FcgiRecord> records) {
    ByteBuffer out =
        ByteBuffer.allocate(records.stream().mapToInt(FcgiRecord::encodedLength).sum());
    records.forEach(record -> record.writeTo(out));
    return out.flip();
  }

  private static String hex(FcgiRecord record) {
    return HexFormat.of().formatHex(encode(List.of(record)).array());
  }

  /** Decodes bytes that come in pieces, and asks that nothing is left over. */
  static List<FcgiRecord> decode(ByteBuffer wire, int pieceBytes) throws FastCgiProtocolException {
    RecordReader reader = new RecordReader();
    List<FcgiRecord> records = new ArrayList<>();
    while (wire.hasRemaining()) {
      ByteBuffer piece = wire.slice(wire.position(), Math.min(pieceBytes, wire.remaining()));
      wire.position(wire.position() + piece.remaining());
      for (FcgiRecord record = reader.next(piece); record != null; record = reader.next(piece)) {
        records.add(record);
      }
      assertThat(piece.hasRemaining()).isFalse();
    }
    assertThat(reader.isBetweenRecords()).isTrue();
    return records;
  }
}
