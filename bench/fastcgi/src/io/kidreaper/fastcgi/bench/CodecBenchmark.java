package io.kidreaper.fastcgi.bench;

import io.kidreaper.fastcgi.FastCgiProtocolException;
import io.kidreaper.fastcgi.RecordDecoder;
import io.kidreaper.fastcgi.RecordEncoder;
import io.kidreaper.fastcgi.RecordType;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Records a second, and with {@code -prof gc} the bytes allocated for each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class CodecBenchmark {
  private static final int RECORDS = 100;

  /** The content of each record, in bytes. */
  @Param({"0", "64", "8192"})
  public int contentBytes;

  private byte[] content;
  private byte[] target;
  private ByteBuffer records;
  private ByteBuffer out;
  private RecordDecoder decoder;

  @Setup
  public void setUp() {
    content = new byte[contentBytes];
    target = new byte[8_192];
    out = ByteBuffer.allocate(RECORDS * RecordEncoder.recordLength(contentBytes));
    encode();
    records = ByteBuffer.wrap(out.array().clone());
    decoder = new RecordDecoder();
  }

  /** Decodes records and copies their content out. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public int decode() throws FastCgiProtocolException {
    records.rewind();
    int sum = 0;
    while (true) {
      switch (decoder.next(records)) {
        case HEADER -> sum += decoder.requestId();
        case CONTENT -> sum += decoder.take(records, target, 0, target.length);
        case END -> sum++;
        case NEED_BYTES -> {
          return sum;
        }
      }
    }
  }

  /** Encodes records. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public ByteBuffer encode() {
    out.clear();
    for (int i = 0; i < RECORDS; i++) {
      RecordEncoder.record(out, RecordType.STDOUT, 1, content, 0, contentBytes);
    }
    return out;
  }
}
