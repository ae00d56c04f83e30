package io.kidreaper.fastcgi;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers whole records from a stream of bytes. It holds at most one record: 65535 bytes of
 * content.
 */
public final class RecordReader {
  private final RecordDecoder decoder = new RecordDecoder();
  private byte[] content = new byte[0];
  private int filled;

  /**
   * Reads on.
   *
   * @return the next record, or null if the buffer is used up before one is complete
   * @throws FastCgiProtocolException if the bytes are no FastCGI 1.0 record
   */
  public @Nullable FcgiRecord next(ByteBuffer in) throws FastCgiProtocolException {
    while (true) {
      switch (decoder.next(in)) {
        case HEADER -> {
          content = new byte[decoder.contentLength()];
          filled = 0;
        }
        case CONTENT -> filled += decoder.take(in, content, filled, content.length - filled);
        case END -> {
          return FcgiRecord.of(decoder.type(), decoder.requestId(), ByteBuffer.wrap(content));
        }
        case NEED_BYTES -> {
          return null;
        }
      }
    }
  }

  /** Whether the stream may end here: no record has begun. */
  public boolean isBetweenRecords() {
    return decoder.isBetweenRecords();
  }
}
