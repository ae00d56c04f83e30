package io.kidreaper.fastcgi;

import org.jspecify.annotations.Nullable;

/** How a request ended as far as the protocol is concerned (section 5.5). */
public enum ProtocolStatus {
  /** The application has handled the request; its own status says how that went. */
  REQUEST_COMPLETE(0),
  /** Rejected: this connection takes one request at a time. */
  CANT_MPX_CONN(1),
  /** Rejected: the application is out of some resource. */
  OVERLOADED(2),
  /** Rejected: the application does not know the role. */
  UNKNOWN_ROLE(3);

  private final int code;

  ProtocolStatus(int code) {
    this.code = code;
  }

  /** The byte that stands for this status in END_REQUEST. */
  public int code() {
    return code;
  }

  /** The status with this code, or null for a code that the protocol does not define. */
  public static @Nullable ProtocolStatus ofCode(int code) {
    return switch (code) {
      case 0 -> REQUEST_COMPLETE;
      case 1 -> CANT_MPX_CONN;
      case 2 -> OVERLOADED;
      case 3 -> UNKNOWN_ROLE;
      default -> null;
    };
  }
}
