package io.kidreaper.fastcgi;

import java.nio.ByteBuffer;

/** What {@link ResponderProtocol} found in the bytes from a web server. */
public sealed interface ResponderEvent {
  /**
   * A request has begun and its parameters are complete. Of its streams nothing has come yet.
   *
   * @param keepConnection whether the web server wants the connection left open afterwards
   */
  record Request(int requestId, Role role, boolean keepConnection, Params params)
      implements ResponderEvent {}

  /**
   * Bytes of a request's STDIN or DATA are in the buffer. Fetch them with {@link
   * ResponderProtocol#take} or drop them with {@link ResponderProtocol#skip}; what is left comes
   * again.
   */
  record Content(int requestId, RecordType stream) implements ResponderEvent {}

  /** A request's STDIN or DATA is complete. */
  record StreamEnd(int requestId, RecordType stream) implements ResponderEvent {}

  /** The web server no longer wants the answer; it still waits for END_REQUEST (5.4). */
  record Aborted(int requestId) implements ResponderEvent {}

  /**
   * Records to be sent as they are: a refused request or an answer to a management record.
   *
   * @param thenClose whether the connection is to be closed after that, if no request is active
   */
  record Reply(ByteBuffer bytes, boolean thenClose) implements ResponderEvent {}
}
