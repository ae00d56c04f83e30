package io.kidreaper.matrix;

import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.load.Route;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A FastCGI request whose bytes go out one part at a time, so that a test can hold the connection
 * wherever it likes.
 */
final class HandMadeRequest implements AutoCloseable {
  private static final int BEGIN_REQUEST = 1;
  private static final int END_REQUEST = 3;
  private static final int PARAMS = 4;
  private static final int STDIN = 5;
  private static final int STDOUT = 6;
  private static final int LARGEST_CONTENT = 65_535;

  private final SocketChannel channel;
  private final byte[] begin = record(BEGIN_REQUEST, new byte[] {0, 1, 0, 0, 0, 0, 0, 0});
  private final byte[] params;
  private final byte[] stdin;

  private HandMadeRequest(SocketChannel channel, byte[] params, byte[] stdin) {
    this.channel = channel;
    this.params = params;
    this.stdin = stdin;
  }

  /** Connects and sends nothing. */
  static HandMadeRequest connect(RunningServer server, Route route) throws IOException {
    byte[] body = route.body().orElse(new byte[0]);
    String method = route.body().isPresent() ? "POST" : "GET";
    return new HandMadeRequest(
        channel(server),
        paramsRecords(method, route.target(), server.script(), body.length),
        stdinRecords(body));
  }

  /** The same, for a script of the test's own. */
  static HandMadeRequest connect(RunningServer server, String target, Path script)
      throws IOException {
    return new HandMadeRequest(
        channel(server),
        paramsRecords("GET", target, Optional.of(script), 0),
        stdinRecords(new byte[0]));
  }

  private static SocketChannel channel(RunningServer server) throws IOException {
    SocketAddress address =
        switch (server.listen()) {
          case Listen.Unix(var path) -> UnixDomainSocketAddress.of(path);
          case Listen.Tcp(String host, int port) -> new InetSocketAddress(host, port);
        };
    return SocketChannel.open(address);
  }

  byte[] begin() {
    return begin;
  }

  byte[] params() {
    return params;
  }

  byte[] stdin() {
    return stdin;
  }

  void sendAll() throws IOException {
    for (byte[] part : List.of(begin, params, stdin)) {
      send(part, 0, part.length);
    }
  }

  void send(byte[] bytes, int from, int to) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, from, to - from);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** The first so many bytes of what the worker sends, to be handed to {@link #answer}. */
  byte[] read(int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new IOException("the connection ended after " + buffer.position() + " bytes");
      }
    }
    return buffer.array();
  }

  /** The body of the whole answer; {@code begun} is what was read of it already. */
  byte[] answer(byte[] begun) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(begun);
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    while (channel.read(buffer) >= 0) {
      all.write(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
    return body(ByteBuffer.wrap(all.toByteArray()));
  }

  private static byte[] body(ByteBuffer records) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean ended = false;
    while (records.remaining() >= 8 && !ended) {
      records.get();
      int type = records.get();
      records.getShort();
      int length = records.getShort() & 0xffff;
      int padding = records.get() & 0xff;
      records.get();
      if (records.remaining() < length + padding) {
        throw new IOException("the connection ended inside a record of " + length + " bytes");
      }
      byte[] content = new byte[length];
      records.get(content);
      records.position(records.position() + padding);
      if (type == STDOUT) {
        out.write(content);
      }
      ended = type == END_REQUEST;
    }
    if (!ended) {
      throw new IOException(
          "the connection ended before END_REQUEST, after " + out.size() + " bytes of answer");
    }
    byte[] answer = out.toByteArray();
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    int blank = text.indexOf("\r\n\r\n");
    int skip = 4;
    if (blank < 0) {
      blank = text.indexOf("\n\n");
      skip = 2;
    }
    if (blank < 0) {
      throw new IOException("no header in the answer: " + text);
    }
    return Arrays.copyOfRange(answer, blank + skip, answer.length);
  }

  private static byte[] paramsRecords(
      String method, String target, Optional<Path> script, int bodyBytes) {
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    boolean posts = method.equals("POST");
    Map<String, String> params = new LinkedHashMap<>();
    script.ifPresent(file -> params.put("SCRIPT_FILENAME", file.toString()));
    params.put("SCRIPT_NAME", "");
    params.put("PATH_INFO", path);
    params.put("QUERY_STRING", question < 0 ? "" : target.substring(question + 1));
    params.put("REQUEST_METHOD", method);
    params.put("CONTENT_TYPE", posts ? "application/octet-stream" : "");
    params.put("CONTENT_LENGTH", posts ? Integer.toString(bodyBytes) : "");
    params.put("REQUEST_URI", target);
    params.put("DOCUMENT_URI", path);
    params.put("SERVER_PROTOCOL", "HTTP/1.1");
    params.put("GATEWAY_INTERFACE", "CGI/1.1");
    params.put("REMOTE_ADDR", "127.0.0.1");
    params.put("SERVER_NAME", "localhost");
    params.put("SERVER_ADDR", "127.0.0.1");
    params.put("SERVER_PORT", "80");
    params.put("HTTP_HOST", "localhost");
    ByteArrayOutputStream pairs = new ByteArrayOutputStream();
    params.forEach((name, value) -> {
      // All of them are shorter than 128 bytes, and then a length is one byte.
      pairs.write(name.length());
      pairs.write(value.length());
      pairs.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
      pairs.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    });
    return concat(record(PARAMS, pairs.toByteArray()), record(PARAMS, new byte[0]));
  }

  private static byte[] stdinRecords(byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < body.length; at += LARGEST_CONTENT) {
      out.writeBytes(
          record(STDIN, Arrays.copyOfRange(body, at, Math.min(body.length, at + LARGEST_CONTENT))));
    }
    out.writeBytes(record(STDIN, new byte[0]));
    return out.toByteArray();
  }

  // struct { u8 version; u8 type; u16 requestId; u16 contentLength; u8 paddingLength; u8 reserved;
  // }
  private static byte[] record(int type, byte[] content) {
    ByteBuffer record = ByteBuffer.allocate(8 + content.length);
    record.put((byte) 1).put((byte) type).putShort((short) 1);
    record.putShort((short) content.length).put((byte) 0).put((byte) 0).put(content);
    return record.array();
  }

  private static byte[] concat(byte[] one, byte[] two) {
    return ByteBuffer.allocate(one.length + two.length).put(one).put(two).array();
  }

  /** Ends the connection, as a web server does once it has the answer. */
  void hangUp() throws IOException {
    channel.close();
  }

  @Override
  public void close() throws IOException {
    hangUp();
  }
}
