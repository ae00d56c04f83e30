package io.kidreaper.fastcgi.bench;

import io.kidreaper.fastcgi.FastCgiProtocolException;
import io.kidreaper.fastcgi.NameValues;
import io.kidreaper.fastcgi.ProtocolStatus;
import io.kidreaper.fastcgi.RecordEncoder;
import io.kidreaper.fastcgi.RecordType;
import io.kidreaper.fastcgi.ResponderLimits;
import io.kidreaper.fastcgi.ResponderProtocol;
import io.kidreaper.fastcgi.Role;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Whole requests a second through the state machine of a connection. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class RequestBenchmark {
  private final ResponderProtocol protocol =
      new ResponderProtocol(ResponderLimits.DEFAULT, EnumSet.of(Role.RESPONDER));
  private final ByteBuffer request = ByteBuffer.allocate(4_096);
  private final ByteBuffer out = ByteBuffer.allocate(16);

  @Setup
  public void setUp() {
    RecordEncoder.beginRequest(request, 1, 1, true);
    byte[] params = params();
    RecordEncoder.record(request, RecordType.PARAMS, 1, params, 0, params.length);
    RecordEncoder.empty(request, RecordType.PARAMS, 1);
    RecordEncoder.empty(request, RecordType.STDIN, 1);
    request.flip();
  }

  /** About what nginx sends: 20 pairs, 600 bytes. */
  private static byte[] params() {
    ByteArrayOutputStream pairs = new ByteArrayOutputStream();
    for (int i = 0; i < 20; i++) {
      NameValues.write(
          pairs,
          ("SOME_VARIABLE_" + i).getBytes(StandardCharsets.UTF_8),
          "some value here".getBytes(StandardCharsets.UTF_8));
    }
    return pairs.toByteArray();
  }

  /** Four records with 20 parameters on a kept connection, and END_REQUEST. */
  @Benchmark
  public Object request() throws FastCgiProtocolException {
    request.rewind();
    Object last = null;
    for (Object event = protocol.next(request); event != null; event = protocol.next(request)) {
      last = event;
    }
    protocol.end(1);
    RecordEncoder.endRequest(out.clear(), 1, 0, ProtocolStatus.REQUEST_COMPLETE);
    return last;
  }
}
