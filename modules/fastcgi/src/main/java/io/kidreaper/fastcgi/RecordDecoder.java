package io.kidreaper.fastcgi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds the records in a stream of bytes, whatever way it is cut into pieces, and makes no garbage.
 *
 * <p>A record on the wire (section 3.3):
 *
 * <pre>{@code
 * struct record {
 *   uint8_t  version;          // 1
 *   uint8_t  type;             // RecordType
 *   uint16_t requestId;        // big-endian; 0 = about the connection itself
 *   uint16_t contentLength;    // big-endian
 *   uint8_t  paddingLength;
 *   uint8_t  reserved;
 *   uint8_t  content[contentLength];
 *   uint8_t  padding[paddingLength];
 * };
 * }</pre>
 *
 * <p>The decoder is pulled, so that its user can leave bytes in the buffer and come back later:
 *
 * <pre>{@code
 * while (true) {
 *   switch (decoder.next(in)) {
 *     case HEADER -> begin(decoder.type(), decoder.requestId(), decoder.contentLength());
 *     case CONTENT -> n = decoder.take(in, bytes, 0, bytes.length);
 *     case END -> end();
 *     case NEED_BYTES -> { return; } // in is empty: read more, then call next again
 *   }
 * }
 * }</pre>
 *
 * <p>Content is handed out as it comes, so a record is never gathered and the decoder holds no more
 * than a header, whatever the peer sends. END is reported as soon as the content is complete;
 * padding is skipped on the way to the next header. Not safe for use by several threads at once.
 */
public final class RecordDecoder {
  /** What was found. */
  public enum Step {
    /** The buffer is used up and nothing more can be said. */
    NEED_BYTES,
    /** A header is complete; the accessors describe its record. */
    HEADER,
    /** At least one byte of content is in the buffer, to be taken or skipped. */
    CONTENT,
    /** The record's content is complete. */
    END
  }

  /** The length of a record's header, in bytes. */
  public static final int HEADER_BYTES = 8;

  /** The most content that one record can carry, in bytes. */
  public static final int MAX_CONTENT_BYTES = 65_535;

  private enum State {
    HEADER,
    CONTENT
  }

  private State state = State.HEADER;
  private long header;
  private int headerBytesMissing = HEADER_BYTES;
  private int contentLeft;
  private int paddingLeft;

  /**
   * Goes one step on.
   *
   * @throws FastCgiProtocolException if a header has a version other than 1
   */
  public Step next(ByteBuffer in) throws FastCgiProtocolException {
    if (state == State.CONTENT) {
      if (contentLeft > 0) {
        return in.hasRemaining() ? Step.CONTENT : Step.NEED_BYTES;
      }
      state = State.HEADER;
      headerBytesMissing = HEADER_BYTES;
      return Step.END;
    }
    if (paddingLeft > 0) {
      int skipped = Math.min(paddingLeft, in.remaining());
      in.position(in.position() + skipped);
      paddingLeft -= skipped;
    }
    if (headerBytesMissing == HEADER_BYTES && in.remaining() >= HEADER_BYTES) {
      long bytes = in.getLong();
      header = in.order() == ByteOrder.BIG_ENDIAN ? bytes : Long.reverseBytes(bytes);
    } else {
      while (headerBytesMissing > 0 && in.hasRemaining()) {
        header = header << 8 | (in.get() & 0xff);
        headerBytesMissing--;
      }
      if (headerBytesMissing > 0) {
        return Step.NEED_BYTES;
      }
    }
    if (version() != 1) {
      throw new FastCgiProtocolException(
          "not a FastCGI 1.0 record: its version is " + version() + ", not 1");
    }
    contentLeft = contentLength();
    paddingLeft = paddingLength();
    state = State.CONTENT;
    return Step.HEADER;
  }

  /** The code of the record's type, 0 to 255; see {@link RecordType#ofCode}. */
  public int type() {
    return (int) (header >>> 48) & 0xff;
  }

  /** The request that the record belongs to, 1 to 65535, or 0 for a management record. */
  public int requestId() {
    return (int) (header >>> 32) & 0xffff;
  }

  /** The length of the record's content in bytes, 0 to 65535. */
  public int contentLength() {
    return (int) (header >>> 16) & 0xffff;
  }

  /** The length of the record's padding in bytes, 0 to 255. */
  public int paddingLength() {
    return (int) (header >>> 8) & 0xff;
  }

  private int version() {
    return (int) (header >>> 56) & 0xff;
  }

  /** The number of this record's content bytes that are in the buffer now. */
  public int available(ByteBuffer in) {
    return Math.min(contentLeft, in.remaining());
  }

  /**
   * Moves content from the buffer to an array. What is not taken comes again with the next step.
   *
   * @return the number of bytes moved: the least of what is there, {@code length}, and what is left
   *     of the record's content
   */
  public int take(ByteBuffer in, byte[] target, int offset, int length) {
    int taken = Math.min(length, available(in));
    in.get(target, offset, taken);
    contentLeft -= taken;
    return taken;
  }

  /** Drops the content that is in the buffer now, and says how many bytes that were. */
  public int skip(ByteBuffer in) {
    int skipped = available(in);
    in.position(in.position() + skipped);
    contentLeft -= skipped;
    return skipped;
  }

  /**
   * Whether the stream may end here: no record has begun. Padding that never came is forgiven,
   * since nothing is lost with it.
   */
  public boolean isBetweenRecords() {
    return state == State.HEADER && headerBytesMissing == HEADER_BYTES;
  }
}
