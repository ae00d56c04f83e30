package io.kidreaper.fastcgi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one request: CGI's environment variables (sections 5.2 and 6.2). Immutable, and
 * kept in the form in which they came: a name or value is decoded only when it is asked for.
 *
 * <p>Text is UTF-8, in which a byte sequence that is none becomes U+FFFD; {@link #raw} gives the
 * bytes. A web server may send a name twice (nginx does when its configuration says so twice): the
 * last one counts, as it does for PHP, and {@link #forEach} shows all.
 */
public final class Params {
  /** No parameters at all. */
  public static final Params EMPTY = new Params(new byte[0], new int[0]);

  private final byte[] bytes;
  private final int[] index;

  private Params(byte[] bytes, int[] index) {
    this.bytes = bytes;
    this.index = index;
  }

  /** Takes the array over without copying it: the caller must not change it later. */
  static Params parse(byte[] bytes, int length, int maxPairs) throws FastCgiProtocolException {
    return length == 0 ? EMPTY : new Params(bytes, NameValues.index(bytes, length, maxPairs));
  }

  /**
   * Reads the complete content of a PARAMS stream, or of a GET_VALUES or GET_VALUES_RESULT record.
   *
   * @throws FastCgiProtocolException if the bytes end within a pair
   */
  public static Params parse(byte[] bytes) throws FastCgiProtocolException {
    return parse(bytes.clone(), bytes.length, Integer.MAX_VALUE);
  }

  /** The parameters with these names and values, in the map's order, as UTF-8. */
  public static Params of(Map<String, String> pairs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pairs.forEach((name, value) -> NameValues.write(out, utf8(name), utf8(value)));
    return written(out);
  }

  /** The parameters with these names, as UTF-8, and these very bytes as their values. */
  public static Params ofRaw(Map<String, byte[]> pairs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pairs.forEach((name, value) -> NameValues.write(out, utf8(name), value));
    return written(out);
  }

  private static Params written(ByteArrayOutputStream out) {
    try {
      return parse(out.toByteArray(), out.size(), Integer.MAX_VALUE);
    } catch (FastCgiProtocolException impossible) {
      throw new AssertionError("what NameValues writes it also reads", impossible);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The value of a name, as UTF-8, or null if there is none. */
  public @Nullable String get(String name) {
    int pair = find(name);
    return pair < 0 ? null : text(pair + 2);
  }

  /** The value of a name, as UTF-8, or the given one if there is none. */
  public String getOrDefault(String name, String otherwise) {
    String value = get(name);
    return value == null ? otherwise : value;
  }

  /** The bytes of a name's value, or null if there is none. */
  public byte @Nullable [] raw(String name) {
    int pair = find(name);
    return pair < 0 ? null : Arrays.copyOfRange(bytes, index[pair + 2], end(pair + 2));
  }

  /** The number of pairs, each sent name counted as often as it was sent. */
  public int size() {
    return index.length / 4;
  }

  /** Calls back with every pair, in the order sent, as UTF-8. */
  public void forEach(BiConsumer<? super String, ? super String> action) {
    for (int pair = 0; pair < index.length; pair += 4) {
      action.accept(text(pair), text(pair + 2));
    }
  }

  /** All names and their values, as UTF-8, in the order in which the names first came. */
  public Map<String, String> asMap() {
    Map<String, String> map = new LinkedHashMap<>();
    forEach(map::put);
    return Collections.unmodifiableMap(map);
  }

  /**
   * All pairs as they go over the wire, for a name that is not UTF-8 or a text that must be exact.
   */
  public byte[] encoded() {
    return index.length == 0 ? new byte[0] : Arrays.copyOf(bytes, end(index.length - 2));
  }

  private int find(String name) {
    byte[] wanted = utf8(name);
    for (int pair = index.length - 4; pair >= 0; pair -= 4) {
      if (Arrays.equals(bytes, index[pair], end(pair), wanted, 0, wanted.length)) {
        return pair;
      }
    }
    return -1;
  }

  private int end(int part) {
    return index[part] + index[part + 1];
  }

  private String text(int part) {
    return new String(bytes, index[part], index[part + 1], StandardCharsets.UTF_8);
  }

  /** Names only: values such as HTTP_COOKIE and HTTP_AUTHORIZATION do not belong in a log. */
  @Override
  public String toString() {
    return "Params" + asMap().keySet();
  }
}
