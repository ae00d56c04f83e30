package io.kidreaper.explain;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Method and target of a request, from the first bytes that a worker read off its connection:
 * FastCGI, HTTP/1, or uwsgi. Nothing else of the request is kept.
 *
 * <p>The bytes are others': whatever they are, the answer is a head or none.
 *
 * @param target as it was sent, with its query
 */
public record RequestHead(String method, String target) {
  private static final Pattern HTTP =
      Pattern.compile("([A-Z][A-Z0-9_-]{0,31}) ([^ \\r\\n]{1,8192}) HTTP/1\\.[01]\\r?\\n");

  private static final int FCGI_BEGIN = 1;
  private static final int FCGI_PARAMS = 4;
  private static final int FCGI_HEADER = 8;

  /**
   * @return empty where the bytes are none of the three, or end before the target
   */
  public static Optional<RequestHead> read(byte[] bytes, int length) {
    if (length < 4) {
      return Optional.empty();
    }
    if (bytes[0] == 1 && bytes[1] == FCGI_BEGIN) {
      return ofVariables(fastCgi(bytes, length));
    }
    if (bytes[0] == 0) {
      return ofVariables(uwsgi(bytes, length));
    }
    Matcher line = HTTP.matcher(text(bytes, 0, Math.min(length, 9000)));
    return line.lookingAt()
        ? Optional.of(new RequestHead(line.group(1), line.group(2)))
        : Optional.empty();
  }

  private static Optional<RequestHead> ofVariables(Map<String, String> variables) {
    String uri = variables.get("REQUEST_URI");
    if (uri == null) {
      String path =
          variables.getOrDefault("SCRIPT_NAME", "") + variables.getOrDefault("PATH_INFO", "");
      String query = variables.getOrDefault("QUERY_STRING", "");
      uri = query.isEmpty() ? path : path + "?" + query;
    }
    return uri.isEmpty()
        ? Optional.empty()
        : Optional.of(new RequestHead(variables.getOrDefault("REQUEST_METHOD", "?"), uri));
  }

  // struct record { u8 version, type; u16 id, contentLength; u8 paddingLength, reserved; … }
  private static Map<String, String> fastCgi(byte[] bytes, int length) {
    byte[] params = new byte[length];
    int paramsLength = 0;
    int at = 0;
    while (at + FCGI_HEADER <= length) {
      int content = bigEndian(bytes, at + 4);
      int from = at + FCGI_HEADER;
      if (bytes[at + 1] == FCGI_PARAMS) {
        int here = Math.min(content, length - from);
        System.arraycopy(bytes, from, params, paramsLength, here);
        paramsLength += here;
      }
      at = from + content + (bytes[at + 6] & 0xff);
    }
    return pairs(params, paramsLength);
  }

  private static int bigEndian(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  /** As far as whole pairs are there; the last may still be on its way. */
  private static Map<String, String> pairs(byte[] bytes, int length) {
    Map<String, String> pairs = new HashMap<>();
    int at = 0;
    while (at < length) {
      long[] lengths = new long[2];
      for (int i = 0; i < 2; i++) {
        if (at >= length || (bytes[at] < 0 && at + 4 > length)) {
          return pairs;
        }
        if (bytes[at] >= 0) {
          lengths[i] = bytes[at++];
        } else {
          lengths[i] = ((long) bigEndian(bytes, at) & 0x7fff) << 16 | bigEndian(bytes, at + 2);
          at += 4;
        }
      }
      if (at + lengths[0] + lengths[1] > length) {
        return pairs;
      }
      pairs.put(
          text(bytes, at, (int) lengths[0]), text(bytes, at + (int) lengths[0], (int) lengths[1]));
      at += (int) (lengths[0] + lengths[1]);
    }
    return pairs;
  }

  // struct uwsgi { u8 modifier1; u16le size; u8 modifier2; { u16le n; name; u16le n; value }… }
  private static Map<String, String> uwsgi(byte[] bytes, int length) {
    int end = Math.min(length, 4 + littleEndian(bytes, 1));
    Map<String, String> variables = new HashMap<>();
    int at = 4;
    while (at + 2 <= end) {
      int name = littleEndian(bytes, at);
      int valueAt = at + 2 + name;
      if (valueAt + 2 > end) {
        break;
      }
      int value = littleEndian(bytes, valueAt);
      if (valueAt + 2 + value > end) {
        break;
      }
      variables.put(text(bytes, at + 2, name), text(bytes, valueAt + 2, value));
      at = valueAt + 2 + value;
    }
    return variables;
  }

  private static int littleEndian(byte[] bytes, int at) {
    return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
  }

  /** One letter a byte, so that whatever the bytes are is a text. */
  private static String text(byte[] bytes, int from, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = from; i < from + length; i++) {
      text.append((char) (bytes[i] & 0xff));
    }
    return text.toString();
  }
}
