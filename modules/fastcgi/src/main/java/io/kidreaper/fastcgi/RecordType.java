package io.kidreaper.fastcgi;

import org.jspecify.annotations.Nullable;

/** The eleven record types of section 8. A code outside 1 to 11 is an unknown type. */
public enum RecordType {
  BEGIN_REQUEST(1),
  ABORT_REQUEST(2),
  END_REQUEST(3),
  PARAMS(4),
  STDIN(5),
  STDOUT(6),
  STDERR(7),
  DATA(8),
  GET_VALUES(9),
  GET_VALUES_RESULT(10),
  UNKNOWN_TYPE(11);

  private static final @Nullable RecordType[] BY_CODE = new RecordType[256];

  static {
    for (RecordType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;

  RecordType(int code) {
    this.code = code;
  }

  /** The byte that stands for this type in a record's header. */
  public int code() {
    return code;
  }

  /** The type with this code, or null for a code that version 1 of the protocol does not define. */
  public static @Nullable RecordType ofCode(int code) {
    return code < 0 || code > 255 ? null : BY_CODE[code];
  }

  /** Whether records of this type speak about the connection, not about one request (section 4). */
  public boolean isManagement() {
    return code >= GET_VALUES.code;
  }

  /** Whether records of this type are pieces of a byte stream that an empty piece ends (3.3). */
  public boolean isStream() {
    return code >= PARAMS.code && code <= DATA.code;
  }
}
