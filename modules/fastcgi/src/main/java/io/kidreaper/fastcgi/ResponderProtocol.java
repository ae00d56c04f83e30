package io.kidreaper.fastcgi;

import io.kidreaper.fastcgi.ResponderEvent.Aborted;
import io.kidreaper.fastcgi.ResponderEvent.Content;
import io.kidreaper.fastcgi.ResponderEvent.Reply;
import io.kidreaper.fastcgi.ResponderEvent.Request;
import io.kidreaper.fastcgi.ResponderEvent.StreamEnd;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The application's end of one connection, as a pure state machine: bytes in, events out. It knows
 * no socket, no thread and no clock.
 *
 * <p>What becomes of one request id (sections 3.3 and 5):
 *
 * <pre>{@code
 * inactive --BEGIN_REQUEST--> gathering PARAMS --(empty)--> Request --STDIN/DATA--> ...
 *     ^  \                          |  ABORT_REQUEST           | ABORT_REQUEST: Aborted
 *     |   refused: Reply            |  Reply: END_REQUEST      | (active until end() is called)
 *     +---------------------------- + ------------------------ +
 * }</pre>
 *
 * <p>Records for an id that is not active are ignored, as section 3.3 wants. What the web server
 * must never send is a {@link FastCgiProtocolException}; the connection is then of no further use.
 *
 * <p>Bounded: it holds the parameters of at most {@link ResponderLimits#maxRequestsPerConnection}
 * requests, and one GET_VALUES of at most 65535 bytes. Stream content stays in the caller's buffer
 * until it is taken, so a caller that stops pulling stops the peer.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class ResponderProtocol {
  private enum Phase {
    PARAMS,
    STREAMS
  }

  /** A request between BEGIN_REQUEST and END_REQUEST. */
  private static final class Active {
    final int requestId;
    final Role role;
    final boolean keepConnection;
    Phase phase = Phase.PARAMS;
    byte[] params = new byte[0];
    int paramsLength;
    boolean stdinEnded;
    boolean dataEnded;

    Active(int requestId, Role role, boolean keepConnection) {
      this.requestId = requestId;
      this.role = role;
      this.keepConnection = keepConnection;
      this.stdinEnded = role == Role.AUTHORIZER;
      this.dataEnded = role != Role.FILTER;
    }
  }

  private final ResponderLimits limits;
  private final Set<Role> roles;
  private final RecordDecoder decoder = new RecordDecoder();
  private final Map<Integer, Active> active = new HashMap<>();

  /** The type of the record being read, or null for one that version 1 does not define. */
  private @Nullable RecordType type;

  /** Whose record is being read, or null if it is to be ignored or is a management record. */
  private @Nullable Active current;

  /** The content of a record that is read as a whole: BEGIN_REQUEST and GET_VALUES. */
  private byte[] whole = new byte[0];

  private int wholeLength;

  /**
   * The state of a new connection.
   *
   * @param roles the roles that are served; others are refused with UNKNOWN_ROLE
   */
  public ResponderProtocol(ResponderLimits limits, Set<Role> roles) {
    this.limits = limits;
    this.roles = Set.copyOf(roles);
  }

  /**
   * Reads on.
   *
   * @return what was found next, or null when the buffer is used up
   * @throws FastCgiProtocolException if the web server broke the protocol or a limit
   */
  public @Nullable ResponderEvent next(ByteBuffer in) throws FastCgiProtocolException {
    while (true) {
      switch (decoder.next(in)) {
        case NEED_BYTES -> {
          return null;
        }
        case HEADER -> header();
        case CONTENT -> {
          ResponderEvent event = content(in);
          if (event != null) {
            return event;
          }
        }
        case END -> {
          ResponderEvent event = end();
          if (event != null) {
            return event;
          }
        }
      }
    }
  }

  /** Moves bytes of the stream that a {@link Content} event told of to an array; says how many. */
  public int take(ByteBuffer in, byte[] target, int offset, int length) {
    return decoder.take(in, target, offset, length);
  }

  /** Drops the bytes in the buffer that a {@link Content} event told of. */
  public void skip(ByteBuffer in) {
    decoder.skip(in);
  }

  /**
   * Says that END_REQUEST is about to be sent: from now on the id is inactive and may be used
   * again. Call it before sending, since the web server may use the id again as soon as it has read
   * that.
   *
   * @return whether all the input of that request had come
   */
  public boolean end(int requestId) {
    Active ended = active.remove(requestId);
    return ended == null || isInputComplete(ended);
  }

  /** The number of requests that have begun and not ended. */
  public int activeRequests() {
    return active.size();
  }

  /** Whether all input of this request has come, so that an end of the connection cuts nothing. */
  public boolean isInputComplete(int requestId) {
    Active request = active.get(requestId);
    return request == null || isInputComplete(request);
  }

  private static boolean isInputComplete(Active request) {
    return request.phase == Phase.STREAMS && request.stdinEnded && request.dataEnded;
  }

  /** Whether the connection may end here: no record has begun. */
  public boolean isBetweenRecords() {
    return decoder.isBetweenRecords();
  }

  private void header() throws FastCgiProtocolException {
    int id = decoder.requestId();
    type = RecordType.ofCode(decoder.type());
    current = null;
    wholeLength = 0;
    if (type == null) {
      if (id != 0) {
        throw new FastCgiProtocolException(
            "request %d has a record of unknown type %d".formatted(id, decoder.type()));
      }
      return;
    }
    RecordRules.check(type, id, decoder.contentLength());
    switch (type) {
      case BEGIN_REQUEST, GET_VALUES -> whole = new byte[decoder.contentLength()];
      case PARAMS, STDIN, DATA -> stream(type, active.get(id));
      case ABORT_REQUEST -> current = active.get(id);
      case END_REQUEST, STDOUT, STDERR, GET_VALUES_RESULT, UNKNOWN_TYPE ->
          throw new FastCgiProtocolException(
              "a web server sent " + type + ", which only applications send");
    }
  }

  private void stream(RecordType type, @Nullable Active request) throws FastCgiProtocolException {
    if (request == null) {
      return;
    }
    if (type == RecordType.STDIN && request.role == Role.AUTHORIZER) {
      // 6.3 gives an authorizer no STDIN, but lighttpd ends that stream all the same.
      return;
    }
    boolean ended =
        switch (type) {
          case PARAMS -> request.phase != Phase.PARAMS;
          case STDIN -> request.stdinEnded;
          default -> request.dataEnded;
        };
    if (ended) {
      throw new FastCgiProtocolException(
          "request %d (%s) has %s after the end of that stream"
              .formatted(request.requestId, request.role, type));
    }
    if (type != RecordType.PARAMS && request.phase == Phase.PARAMS) {
      throw new FastCgiProtocolException(
          "request %d has %s before the end of PARAMS".formatted(request.requestId, type));
    }
    int length = request.paramsLength + decoder.contentLength();
    if (type == RecordType.PARAMS && length > limits.maxParamsBytes()) {
      throw new FastCgiProtocolException(
          "request %d has more than %d bytes of parameters"
              .formatted(request.requestId, limits.maxParamsBytes()));
    }
    current = request;
  }

  private @Nullable ResponderEvent content(ByteBuffer in) {
    if (type == RecordType.BEGIN_REQUEST || type == RecordType.GET_VALUES) {
      wholeLength += decoder.take(in, whole, wholeLength, whole.length - wholeLength);
      return null;
    }
    // The request may have ended while its record was being read.
    Active request = current;
    if (type == null || request == null || active.get(request.requestId) != request) {
      decoder.skip(in);
      return null;
    }
    if (type == RecordType.PARAMS) {
      gather(in, request);
      return null;
    }
    return new Content(request.requestId, type);
  }

  private void gather(ByteBuffer in, Active request) {
    int coming = decoder.available(in);
    if (request.paramsLength + coming > request.params.length) {
      // Grows by what has come, not by what was announced: an announcement costs the peer nothing.
      int size = Math.max(request.paramsLength + coming, request.params.length * 2);
      request.params = Arrays.copyOf(request.params, size);
    }
    request.paramsLength += decoder.take(in, request.params, request.paramsLength, coming);
  }

  private @Nullable ResponderEvent end() throws FastCgiProtocolException {
    if (type == null) {
      return new Reply(encode(new FcgiRecord.UnknownType(decoder.type())), false);
    }
    return switch (type) {
      case BEGIN_REQUEST -> begin();
      case GET_VALUES -> new Reply(encode(values()), false);
      case ABORT_REQUEST -> abort();
      case PARAMS, STDIN, DATA -> decoder.contentLength() == 0 ? streamEnd(type) : null;
      case END_REQUEST, STDOUT, STDERR, GET_VALUES_RESULT, UNKNOWN_TYPE ->
          throw new IllegalStateException(type + " was refused at its header");
    };
  }

  private @Nullable ResponderEvent begin() throws FastCgiProtocolException {
    int id = decoder.requestId();
    int roleCode = (whole[0] & 0xff) << 8 | (whole[1] & 0xff);
    boolean keepConnection = (whole[2] & FcgiRecord.BeginRequest.KEEP_CONN) != 0;
    if (active.containsKey(id)) {
      throw new FastCgiProtocolException("request %d begins while it is active".formatted(id));
    }
    Role role = Role.ofCode(roleCode);
    if (role == null || !roles.contains(role)) {
      return refuse(id, ProtocolStatus.UNKNOWN_ROLE, !keepConnection);
    }
    if (active.size() >= limits.maxRequestsPerConnection()) {
      boolean multiplexes = limits.maxRequestsPerConnection() > 1;
      return refuse(
          id, multiplexes ? ProtocolStatus.OVERLOADED : ProtocolStatus.CANT_MPX_CONN, false);
    }
    active.put(id, new Active(id, role, keepConnection));
    return null;
  }

  private static Reply refuse(int requestId, ProtocolStatus status, boolean thenClose) {
    return new Reply(encode(new FcgiRecord.EndRequest(requestId, 0, status.code())), thenClose);
  }

  private @Nullable ResponderEvent abort() {
    Active request = current;
    if (request == null || active.get(request.requestId) != request) {
      return null;
    }
    if (request.phase == Phase.STREAMS) {
      return new Aborted(request.requestId);
    }
    // Nobody was told of this request yet, so nobody but the protocol itself can end it.
    active.remove(request.requestId);
    return refuse(request.requestId, ProtocolStatus.REQUEST_COMPLETE, !request.keepConnection);
  }

  private @Nullable ResponderEvent streamEnd(RecordType stream) throws FastCgiProtocolException {
    Active request = current;
    if (request == null || active.get(request.requestId) != request) {
      return null;
    }
    switch (stream) {
      case PARAMS -> {
        request.phase = Phase.STREAMS;
        Params params = Params.parse(request.params, request.paramsLength, limits.maxParams());
        request.params = new byte[0];
        return new Request(request.requestId, request.role, request.keepConnection, params);
      }
      case STDIN -> request.stdinEnded = true;
      default -> request.dataEnded = true;
    }
    return new StreamEnd(request.requestId, stream);
  }

  private FcgiRecord values() throws FastCgiProtocolException {
    Map<String, String> known = new HashMap<>();
    Params.parse(whole, wholeLength, limits.maxParams())
        .forEach((name, ignored) -> {
          switch (name) {
            case "FCGI_MAX_CONNS" -> known.put(name, "" + limits.maxConnections());
            case "FCGI_MAX_REQS" -> known.put(name, "" + limits.maxRequests());
            case "FCGI_MPXS_CONNS" ->
                known.put(name, limits.maxRequestsPerConnection() > 1 ? "1" : "0");
            default -> {
              // 4.1: a name that is not understood is left out of the answer.
            }
          }
        });
    return new FcgiRecord.GetValuesResult(ByteBuffer.wrap(Params.of(known).encoded()));
  }

  private static ByteBuffer encode(FcgiRecord record) {
    ByteBuffer bytes = ByteBuffer.allocate(record.encodedLength());
    record.writeTo(bytes);
    return bytes.flip();
  }
}
