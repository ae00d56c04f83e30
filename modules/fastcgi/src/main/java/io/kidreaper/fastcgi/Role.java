package io.kidreaper.fastcgi;

import org.jspecify.annotations.Nullable;

/** The role in which a web server asks for a request to be handled (section 6). */
public enum Role {
  /** Answers an HTTP request, as a CGI program does (6.2). */
  RESPONDER(1),
  /** Says whether an HTTP request may go on; it gets no body (6.3). */
  AUTHORIZER(2),
  /** Answers with a changed form of a file that comes in the stream DATA (6.4). */
  FILTER(3);

  private final int code;

  Role(int code) {
    this.code = code;
  }

  /** The number that stands for this role in BEGIN_REQUEST. */
  public int code() {
    return code;
  }

  /** The role with this code, or null for a code that the protocol does not define. */
  public static @Nullable Role ofCode(int code) {
    return switch (code) {
      case 1 -> RESPONDER;
      case 2 -> AUTHORIZER;
      case 3 -> FILTER;
      default -> null;
    };
  }
}
