package io.kidreaper.fastcgi;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * One FastCGI record as a value. For programs that look at whole records: tools, tests, proxies.
 * The server and the client work on {@link RecordDecoder} and {@link RecordEncoder} directly, which
 * make no objects.
 *
 * <p>The usual exchange, from a web server (W) to a responder (R) and back (appendix B):
 *
 * <pre>{@code
 * W  BEGIN_REQUEST 1  {RESPONDER, KEEP_CONN?}
 * W  PARAMS        1  name-value pairs
 * W  PARAMS        1  (empty: end)
 * W  STDIN         1  body
 * W  STDIN         1  (empty: end)
 * R  STDOUT        1  "Content-type: text/plain\r\n\r\nhello"
 * R  STDOUT        1  (empty: end)
 * R  END_REQUEST   1  {appStatus 0, REQUEST_COMPLETE}
 * }</pre>
 *
 * <p>Contents are read-only views: their bytes must not be changed by who made them.
 */
public sealed interface FcgiRecord {
  /** The request that the record belongs to, 1 to 65535, or 0 for a management record. */
  int requestId();

  /** The code of the record's type, 0 to 255. */
  int typeCode();

  /** The record's content as it goes over the wire: 0 to 65535 bytes. */
  ByteBuffer content();

  /** Writes the record, padded to a multiple of eight bytes. */
  default void writeTo(ByteBuffer out) {
    ByteBuffer content = content();
    int length = content.remaining();
    int padding = RecordEncoder.paddingLength(length);
    RecordEncoder.header(out, typeCode(), requestId(), length, padding);
    out.put(content);
    RecordEncoder.padding(out, padding);
  }

  /** The bytes that {@link #writeTo} writes. */
  default int encodedLength() {
    return RecordEncoder.recordLength(content().remaining());
  }

  /**
   * BEGIN_REQUEST (5.1).
   *
   * <pre>{@code
   * struct { uint16_t role; uint8_t flags; uint8_t reserved[5]; };  // flags & 1: KEEP_CONN
   * }</pre>
   *
   * @param roleCode a number that need not be one that {@link Role} knows
   */
  record BeginRequest(int requestId, int roleCode, int flags) implements FcgiRecord {
    /** The flag that leaves the connection open after the request. */
    public static final int KEEP_CONN = 1;

    @Override
    public int typeCode() {
      return RecordType.BEGIN_REQUEST.code();
    }

    /** Whether the web server, and not the application, closes the connection. */
    public boolean keepConnection() {
      return (flags & KEEP_CONN) != 0;
    }

    @Override
    public ByteBuffer content() {
      return ByteBuffer.allocate(8).putShort((short) roleCode).put((byte) flags).rewind();
    }
  }

  /** ABORT_REQUEST (5.4): the web server no longer wants the answer. No content. */
  record AbortRequest(int requestId) implements FcgiRecord {
    @Override
    public int typeCode() {
      return RecordType.ABORT_REQUEST.code();
    }

    @Override
    public ByteBuffer content() {
      return ByteBuffer.allocate(0);
    }
  }

  /**
   * END_REQUEST (5.5).
   *
   * <pre>{@code
   * struct { uint32_t appStatus; uint8_t protocolStatus; uint8_t reserved[3]; };
   * }</pre>
   *
   * @param appStatus what a CGI program would have exited with
   * @param protocolStatusCode a number that need not be one that {@link ProtocolStatus} knows
   */
  record EndRequest(int requestId, int appStatus, int protocolStatusCode) implements FcgiRecord {
    @Override
    public int typeCode() {
      return RecordType.END_REQUEST.code();
    }

    @Override
    public ByteBuffer content() {
      return ByteBuffer.allocate(8).putInt(appStatus).put((byte) protocolStatusCode).rewind();
    }
  }

  /**
   * A piece of one of the streams PARAMS, STDIN, DATA, STDOUT and STDERR (5.2, 5.3). An empty one
   * ends its stream.
   */
  record Stream(RecordType type, int requestId, ByteBuffer content) implements FcgiRecord {
    public Stream {
      if (!type.isStream()) {
        throw new IllegalArgumentException(type + " is not a stream");
      }
      content = content.slice().asReadOnlyBuffer();
    }

    @Override
    public int typeCode() {
      return type.code();
    }

    @Override
    public ByteBuffer content() {
      return content.duplicate();
    }
  }

  /** GET_VALUES (4.1): asks the application for its limits. The values are empty. */
  record GetValues(ByteBuffer content) implements FcgiRecord {
    public GetValues {
      content = content.slice().asReadOnlyBuffer();
    }

    @Override
    public int requestId() {
      return 0;
    }

    @Override
    public int typeCode() {
      return RecordType.GET_VALUES.code();
    }

    @Override
    public ByteBuffer content() {
      return content.duplicate();
    }
  }

  /** GET_VALUES_RESULT (4.1): the names that the application knew, with their values. */
  record GetValuesResult(ByteBuffer content) implements FcgiRecord {
    public GetValuesResult {
      content = content.slice().asReadOnlyBuffer();
    }

    @Override
    public int requestId() {
      return 0;
    }

    @Override
    public int typeCode() {
      return RecordType.GET_VALUES_RESULT.code();
    }

    @Override
    public ByteBuffer content() {
      return content.duplicate();
    }
  }

  /**
   * UNKNOWN_TYPE (4.2): the answer to a management record that was not understood.
   *
   * <pre>{@code
   * struct { uint8_t type; uint8_t reserved[7]; };
   * }</pre>
   *
   * @param unknownTypeCode the type that was not understood
   */
  record UnknownType(int unknownTypeCode) implements FcgiRecord {
    @Override
    public int requestId() {
      return 0;
    }

    @Override
    public int typeCode() {
      return RecordType.UNKNOWN_TYPE.code();
    }

    @Override
    public ByteBuffer content() {
      return ByteBuffer.allocate(8).put((byte) unknownTypeCode).rewind();
    }
  }

  /** A record of a type that version 1 does not define. */
  record Other(int typeCode, int requestId, ByteBuffer content) implements FcgiRecord {
    public Other {
      content = content.slice().asReadOnlyBuffer();
    }

    @Override
    public ByteBuffer content() {
      return content.duplicate();
    }
  }

  /**
   * The record with this header and content.
   *
   * @throws FastCgiProtocolException if the record contradicts itself: a wrong length for its type,
   *     or a request id where none may be or the other way round
   */
  static FcgiRecord of(int typeCode, int requestId, ByteBuffer content)
      throws FastCgiProtocolException {
    RecordType type = RecordType.ofCode(typeCode);
    if (type == null) {
      return new Other(typeCode, requestId, content);
    }
    RecordRules.check(type, requestId, content.remaining());
    return switch (type) {
      case BEGIN_REQUEST ->
          new BeginRequest(requestId, content.getShort(0) & 0xffff, content.get(2) & 0xff);
      case ABORT_REQUEST -> new AbortRequest(requestId);
      case END_REQUEST -> new EndRequest(requestId, content.getInt(0), content.get(4) & 0xff);
      case PARAMS, STDIN, STDOUT, STDERR, DATA ->
          new Stream(Objects.requireNonNull(type), requestId, content);
      case GET_VALUES -> new GetValues(content);
      case GET_VALUES_RESULT -> new GetValuesResult(content);
      case UNKNOWN_TYPE -> new UnknownType(content.get(0) & 0xff);
    };
  }
}
