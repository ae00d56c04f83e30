package io.kidreaper.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A web server's end of a connection, record by record. Tests that use it need a timeout. */
final class Wire implements AutoCloseable {
  final SocketChannel channel;
  private final RecordReader reader = new RecordReader();
  private final ByteBuffer in = ByteBuffer.allocate(16_384).limit(0);

  Wire(SocketAddress address) throws IOException {
    channel = SocketChannel.open(address);
    if (address instanceof InetSocketAddress) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  void send(FcgiRecord... records) throws IOException {
    send(RecordCodecTest.encode(List.of(records)));
  }

  void send(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Sends a whole request without body. */
  void get(int id, boolean keepConnection, Map<String, String> params) throws IOException {
    send(
        new FcgiRecord.BeginRequest(id, 1, keepConnection ? 1 : 0),
        ResponderProtocolTest.params(id, params),
        ResponderProtocolTest.end(RecordType.PARAMS, id),
        ResponderProtocolTest.end(RecordType.STDIN, id));
  }

  /** The next record, or null at the end of the connection. */
  @Nullable FcgiRecord receive() throws IOException {
    while (true) {
      FcgiRecord record = reader.next(in);
      if (record != null) {
        return record;
      }
      in.clear();
      int count = channel.read(in);
      in.flip();
      if (count < 0) {
        if (!reader.isBetweenRecords()) {
          throw new IOException("the connection ended within a record");
        }
        return null;
      }
    }
  }

  /** Gathers one request's answer: its streams' text, and how it ended. */
  Answer answer(int id) throws IOException {
    StringBuilder stdout = new StringBuilder();
    StringBuilder stderr = new StringBuilder();
    while (true) {
      FcgiRecord record = Objects.requireNonNull(receive(), "the connection ended: " + stdout);
      if (record.requestId() != id) {
        throw new IOException("a record of another request: " + record);
      }
      if (record instanceof FcgiRecord.EndRequest end) {
        return new Answer(stdout.toString(), stderr.toString(), end);
      }
      FcgiRecord.Stream piece = (FcgiRecord.Stream) record;
      (piece.type() == RecordType.STDOUT ? stdout : stderr).append(UTF_8.decode(piece.content()));
    }
  }

  boolean isEnded() throws IOException {
    return receive() == null;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  record Answer(String stdout, String stderr, FcgiRecord.EndRequest end) {
    String body() {
      return stdout.substring(stdout.indexOf("\r\n\r\n") + 4);
    }
  }
}
