package io.kidreaper.fastcgi;

/** What a header must say for the record to be one of its type, apart from any state. */
final class RecordRules {
  private RecordRules() {}

  /**
   * Checks the length and the request id that a type demands.
   *
   * @throws FastCgiProtocolException if they do not go with the type
   */
  static void check(RecordType type, int requestId, int contentLength)
      throws FastCgiProtocolException {
    if (type.isManagement() != (requestId == 0)) {
      throw new FastCgiProtocolException(
          type.isManagement()
              ? type + " speaks of the connection but has request id " + requestId
              : type + " needs a request id but has 0");
    }
    int wanted =
        switch (type) {
          case BEGIN_REQUEST, END_REQUEST, UNKNOWN_TYPE -> 8;
          case ABORT_REQUEST -> 0;
          case PARAMS, STDIN, STDOUT, STDERR, DATA, GET_VALUES, GET_VALUES_RESULT -> contentLength;
        };
    if (contentLength != wanted) {
      throw new FastCgiProtocolException(
          "%s of request %d has %d bytes of content, not %d"
              .formatted(type, requestId, contentLength, wanted));
    }
  }
}
