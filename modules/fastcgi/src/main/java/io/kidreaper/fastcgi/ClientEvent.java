package io.kidreaper.fastcgi;

/** What {@link ClientProtocol} found in the bytes from an application. */
public sealed interface ClientEvent {
  /**
   * Bytes of STDOUT or STDERR are in the buffer. Fetch them with {@link ClientProtocol#take}; what
   * is left comes again.
   */
  record Content(RecordType stream) implements ClientEvent {}

  /** STDOUT or STDERR is complete. An application may also leave this out before {@link Ended}. */
  record StreamEnd(RecordType stream) implements ClientEvent {}

  /**
   * The request is over.
   *
   * @param appStatus what a CGI program would have exited with
   */
  record Ended(int appStatus, ProtocolStatus protocolStatus) implements ClientEvent {}
}
