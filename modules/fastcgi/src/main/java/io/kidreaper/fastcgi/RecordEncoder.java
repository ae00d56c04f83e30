package io.kidreaper.fastcgi;

import java.nio.ByteBuffer;

/**
 * Writes records into a buffer; see {@link RecordDecoder} for a record's form. Buffers are
 * big-endian, as a new one is, and must have room: a full one throws {@link
 * java.nio.BufferOverflowException}.
 *
 * <p>Content is padded to a multiple of eight bytes, as section 3.3 recommends, so that headers
 * stay aligned.
 */
public final class RecordEncoder {
  /** The most content of one record that needs no padding: a multiple of eight. */
  public static final int MAX_ALIGNED_CONTENT_BYTES = RecordDecoder.MAX_CONTENT_BYTES & ~7;

  private static final byte[] ZEROS = new byte[255];

  private RecordEncoder() {}

  /** The padding, in bytes, that brings content of this length to a multiple of eight. */
  public static int paddingLength(int contentLength) {
    return -contentLength & 7;
  }

  /** The bytes of a whole record with this much content: header, content and padding. */
  public static int recordLength(int contentLength) {
    return RecordDecoder.HEADER_BYTES + contentLength + paddingLength(contentLength);
  }

  /**
   * Writes a header. The caller then writes the content and the padding.
   *
   * @throws IllegalArgumentException if a number does not fit its field
   */
  public static void header(
      ByteBuffer out, RecordType type, int requestId, int contentLength, int paddingLength) {
    header(out, type.code(), requestId, contentLength, paddingLength);
  }

  static void header(
      ByteBuffer out, int typeCode, int requestId, int contentLength, int paddingLength) {
    require("type", typeCode, 0xff);
    require("requestId", requestId, 0xffff);
    require("contentLength", contentLength, 0xffff);
    require("paddingLength", paddingLength, 0xff);
    out.putLong(
        1L << 56
            | (long) typeCode << 48
            | (long) requestId << 32
            | (long) contentLength << 16
            | (long) paddingLength << 8);
  }

  /** Writes a whole record, padded to a multiple of eight. */
  public static void record(
      ByteBuffer out, RecordType type, int requestId, byte[] content, int offset, int length) {
    header(out, type, requestId, length, paddingLength(length));
    out.put(content, offset, length);
    padding(out, paddingLength(length));
  }

  /** Writes the empty record that ends a stream (3.3), or one that has no content. */
  public static void empty(ByteBuffer out, RecordType type, int requestId) {
    header(out, type, requestId, 0, 0);
  }

  /** Writes END_REQUEST (5.5). The application's status is that of a CGI program's exit. */
  public static void endRequest(
      ByteBuffer out, int requestId, int appStatus, ProtocolStatus protocolStatus) {
    header(out, RecordType.END_REQUEST, requestId, 8, 0);
    out.putLong((long) appStatus << 32 | (long) protocolStatus.code() << 24);
  }

  /** Writes BEGIN_REQUEST (5.1). */
  public static void beginRequest(
      ByteBuffer out, int requestId, int roleCode, boolean keepConnection) {
    require("role", roleCode, 0xffff);
    header(out, RecordType.BEGIN_REQUEST, requestId, 8, 0);
    out.putLong((long) roleCode << 48 | (keepConnection ? 1L << 40 : 0));
  }

  static void padding(ByteBuffer out, int length) {
    out.put(ZEROS, 0, length);
  }

  private static void require(String field, int value, int max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException(field + " is " + value + ", not within 0 to " + max);
    }
  }
}
