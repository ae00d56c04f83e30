package io.kidreaper.explain;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestHeadTest {
  @Test
  void httpIsRead() {
    assertThat(read("GET /a/b?c=d HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1)))
        .isEqualTo("GET /a/b?c=d");
  }

  @Test
  void fastCgiIsReadAcrossRecords() {
    byte[] params = pair("REQUEST_METHOD", "POST");
    byte[] uri = pair("REQUEST_URI", "/leak?kb=500");
    byte[] long0 = pair("HTTP_COOKIE", "x".repeat(300));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(record(1, new byte[8]));
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    stream.writeBytes(params);
    stream.writeBytes(long0);
    stream.writeBytes(uri);
    byte[] bytes = stream.toByteArray();
    all.writeBytes(record(4, java.util.Arrays.copyOf(bytes, 100)));
    all.writeBytes(record(4, java.util.Arrays.copyOfRange(bytes, 100, bytes.length)));
    all.writeBytes(record(4, new byte[0]));
    assertThat(read(all.toByteArray())).isEqualTo("POST /leak?kb=500");
  }

  @Test
  void uwsgiIsRead() {
    ByteArrayOutputStream variables = new ByteArrayOutputStream();
    variables.writeBytes(uwsgiPair("REQUEST_METHOD", "GET"));
    variables.writeBytes(uwsgiPair("REQUEST_URI", "/hello"));
    byte[] body = variables.toByteArray();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(new byte[] {0, (byte) body.length, (byte) (body.length >> 8), 0});
    all.writeBytes(body);
    assertThat(read(all.toByteArray())).isEqualTo("GET /hello");
  }

  /** Anybody may connect to a worker and send anything. */
  @Test
  void anyBytesAreAHeadOrNone() {
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      if (bytes.length > 1 && random.nextBoolean()) {
        bytes[0] = (byte) random.nextInt(2);
        bytes[1] = (byte) (1 + 3 * random.nextInt(2));
      }
      assertThatCode(() -> RequestHead.read(bytes, bytes.length)).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/user/42, /user/*",
    "/user/42?token=secret, /user/*",
    "/v2/users, /v2/users",
    "/photo-123.jpg, /photo-*.jpg",
    "/a/3f2504e0-4f89-11d3-9a0c-0305e82c3301/b, /a/*/b",
    "/blob/deadbeef01, /blob/*",
    "/feedback, /feedback",
    "/, /",
  })
  void numbersAreFoldedAndQueriesAreNotKept(String target, String path) {
    assertThat(RouteName.of(new RequestHead("GET", target), false).path()).isEqualTo(path);
  }

  @Test
  void aQueryIsKeptWhereItWasAskedFor() {
    assertThat(RouteName.of(new RequestHead("GET", "/u/7?x=1"), true).path()).isEqualTo("/u/*?x=1");
  }

  @Test
  void whatATerminalWouldObeyIsNotPassedOn() {
    assertThat(RouteName.of(new RequestHead("GET", "/\u001b[2J"), false).path()).isEqualTo("/?[2J");
  }

  private static String read(byte[] bytes) {
    return RequestHead.read(bytes, bytes.length)
        .map(head -> head.method() + " " + head.target())
        .orElse("none");
  }

  private static byte[] record(int type, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        new byte[] {
          1, (byte) type, 0, 1, (byte) (content.length >> 8), (byte) content.length, 0, 0
        });
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] pair(String name, String value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    io.kidreaper.fastcgi.NameValues.write(
        out, name.getBytes(ISO_8859_1), value.getBytes(ISO_8859_1));
    return out.toByteArray();
  }

  private static byte[] uwsgiPair(String name, String value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String part : new String[] {name, value}) {
      out.write(part.length());
      out.write(part.length() >> 8);
      out.writeBytes(part.getBytes(ISO_8859_1));
    }
    return out.toByteArray();
  }
}
