package io.kidreaper.fastcgi;

import io.kidreaper.fastcgi.ClientEvent.Content;
import io.kidreaper.fastcgi.ClientEvent.Ended;
import io.kidreaper.fastcgi.ClientEvent.StreamEnd;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The web server's end of one connection, as a pure state machine for one request at a time: bytes
 * in, events out. Bounded: it holds no content but END_REQUEST's eight bytes.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class ClientProtocol {
  private final RecordDecoder decoder = new RecordDecoder();
  private final byte[] endRequest = new byte[8];
  private int endRequestLength;
  private int requestId;

  /** Says that this request, 1 to 65535, is being sent. The one before it must have ended. */
  public void begin(int newRequestId) {
    if (requestId != 0) {
      throw new IllegalStateException("request " + requestId + " has not ended");
    }
    requestId = newRequestId;
  }

  /** Whether a request has begun and not ended. */
  public boolean isActive() {
    return requestId != 0;
  }

  /** Whether the connection may end here: no record has begun. */
  public boolean isBetweenRecords() {
    return decoder.isBetweenRecords();
  }

  /**
   * Reads on.
   *
   * @return what was found next, or null when the buffer is used up
   * @throws FastCgiProtocolException if the application broke the protocol
   */
  public @Nullable ClientEvent next(ByteBuffer in) throws FastCgiProtocolException {
    while (true) {
      switch (decoder.next(in)) {
        case NEED_BYTES -> {
          return null;
        }
        case HEADER -> header();
        case CONTENT -> {
          RecordType type = type();
          if (type == RecordType.END_REQUEST) {
            endRequestLength +=
                decoder.take(in, endRequest, endRequestLength, 8 - endRequestLength);
          } else if (type.isManagement()) {
            decoder.skip(in);
          } else {
            return new Content(type);
          }
        }
        case END -> {
          RecordType type = type();
          if (type == RecordType.END_REQUEST) {
            return ended();
          }
          if (type.isStream() && decoder.contentLength() == 0) {
            return new StreamEnd(type);
          }
        }
      }
    }
  }

  /** Moves bytes of the stream that a {@link Content} event told of to an array; says how many. */
  public int take(ByteBuffer in, byte[] target, int offset, int length) {
    return decoder.take(in, target, offset, length);
  }

  private RecordType type() {
    RecordType type = RecordType.ofCode(decoder.type());
    if (type == null) {
      throw new IllegalStateException("an unknown type was refused at its header");
    }
    return type;
  }

  private void header() throws FastCgiProtocolException {
    int id = decoder.requestId();
    RecordType type = RecordType.ofCode(decoder.type());
    if (type == null) {
      throw new FastCgiProtocolException(
          "the application sent a record of unknown type " + decoder.type());
    }
    RecordRules.check(type, id, decoder.contentLength());
    switch (type) {
      case STDOUT, STDERR, END_REQUEST -> {
        if (requestId == 0 || id != requestId) {
          throw new FastCgiProtocolException(
              "the application sent %s for request %d, which is not active".formatted(type, id));
        }
        endRequestLength = 0;
      }
      case GET_VALUES_RESULT, UNKNOWN_TYPE -> {
        // Nothing was asked that they could answer; they do no harm.
      }
      case BEGIN_REQUEST, ABORT_REQUEST, PARAMS, STDIN, DATA, GET_VALUES ->
          throw new FastCgiProtocolException(
              "an application sent " + type + ", which only web servers send");
    }
  }

  private Ended ended() throws FastCgiProtocolException {
    requestId = 0;
    ByteBuffer content = ByteBuffer.wrap(endRequest);
    ProtocolStatus status = ProtocolStatus.ofCode(content.get(4) & 0xff);
    if (status == null) {
      throw new FastCgiProtocolException(
          "the application ended a request with unknown protocol status "
              + (content.get(4) & 0xff));
    }
    return new Ended(content.getInt(0), status);
  }
}
