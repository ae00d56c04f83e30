package io.kidreaper.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.fastcgi.FcgiRecord.AbortRequest;
import io.kidreaper.fastcgi.FcgiRecord.BeginRequest;
import io.kidreaper.fastcgi.FcgiRecord.EndRequest;
import io.kidreaper.fastcgi.FcgiRecord.Other;
import io.kidreaper.fastcgi.FcgiRecord.Stream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the codec promises of any input. See {@link Seeds} for a longer or a repeated run. */
class RecordFuzzTest {
  @Test
  void anyRecordsCutInAnyWayComeBackAsTheyWere() throws Exception {
    long seed = Seeds.seed("RecordFuzzTest.records");
    Random random = new Random(seed);
    for (int round = 0; round < Seeds.rounds(500); round++) {
      List<FcgiRecord> records = new ArrayList<>();
      for (int i = random.nextInt(20); i >= 0; i--) {
        records.add(randomRecord(random));
      }
      ByteBuffer wire = RecordCodecTest.encode(records);
      int pieceBytes = 1 + random.nextInt(random.nextBoolean() ? 12 : wire.remaining());
      assertThat(RecordCodecTest.decode(wire, pieceBytes))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(records);
    }
  }

  @Test
  void anyBytesEitherDecodeOrAreRefused() {
    long seed = Seeds.seed("RecordFuzzTest.bytes");
    Random random = new Random(seed);
    for (int round = 0; round < Seeds.rounds(2_000); round++) {
      List<FcgiRecord> records = List.of(randomRecord(random), randomRecord(random));
      byte[] wire = RecordCodecTest.encode(records).array();
      for (int hits = random.nextInt(8); hits >= 0; hits--) {
        wire[random.nextInt(Math.min(40, wire.length))] = (byte) random.nextInt(256);
      }
      RecordReader reader = new RecordReader();
      ByteBuffer in = ByteBuffer.wrap(wire);
      int steps = 0;
      try {
        while (reader.next(in) != null) {
          assertThat(++steps).as("seed %d, round %d", seed, round).isLessThan(wire.length);
        }
        assertThat(in.hasRemaining()).isFalse();
      } catch (FastCgiProtocolException refused) {
        assertThat(refused).hasMessageMatching("(?s).{10,200}");
      }
    }
  }

  @Test
  void anyBytesAreParamsOrAreRefused() {
    long seed = Seeds.seed("RecordFuzzTest.params");
    Random random = new Random(seed);
    int accepted = 0;
    int refused = 0;
    for (int round = 0; round < Seeds.rounds(20_000); round++) {
      byte[] bytes = Seeds.bytes(random, random.nextInt(64));
      for (int i = 0; i < bytes.length; i++) {
        // Small lengths, or nearly every input would end in its first pair.
        bytes[i] = random.nextInt(4) == 0 ? bytes[i] : (byte) (bytes[i] & 3);
      }
      try {
        Params params = Params.parse(bytes);
        assertThat(Params.parse(params.encoded()).asMap()).isEqualTo(params.asMap());
        params.forEach((name, value) -> assertThat(name.length()).isLessThan(bytes.length));
        accepted++;
      } catch (FastCgiProtocolException expected) {
        refused++;
      }
    }
    assertThat(accepted).isPositive();
    assertThat(refused).isPositive();
  }

  static FcgiRecord randomRecord(Random random) {
    int id = 1 + random.nextInt(65_535);
    ByteBuffer content =
        ByteBuffer.wrap(Seeds.bytes(random, random.nextInt(random.nextInt(10) == 0 ? 65_536 : 40)));
    return switch (random.nextInt(6)) {
      case 0 -> new BeginRequest(id, random.nextInt(65_536), random.nextInt(256));
      case 1 -> new AbortRequest(id);
      case 2 -> new EndRequest(id, random.nextInt(), random.nextInt(256));
      case 3 -> new FcgiRecord.GetValues(content);
      case 4 -> new Other(12 + random.nextInt(244), random.nextInt(65_536), content);
      default -> {
        RecordType[] streams = {
          RecordType.PARAMS, RecordType.STDIN, RecordType.STDOUT, RecordType.STDERR, RecordType.DATA
        };
        yield new Stream(streams[random.nextInt(streams.length)], id, content);
      }
    };
  }
}
