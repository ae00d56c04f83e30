package io.kidreaper.testbed.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * One HTTP/1.1 connection to the web server. It never tries a request again, which the JDK's own
 * clients may do: a lost request has to be seen.
 *
 * <pre>{@code
 * GET /echo?bytes=5&seed=1 HTTP/1.1       HTTP/1.1 200 OK
 * Host: testbed                           Content-Length: 5
 *                                         (or Transfer-Encoding: chunked)
 * }</pre>
 */
final class HttpConnection implements AutoCloseable {
  private static final int HEADER_LINES_LIMIT = 100;
  private static final int LINE_BYTES_LIMIT = 8192;

  private final Socket socket;
  private final Counting counting;
  private final InputStream in;

  private HttpConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.counting = new Counting(socket.getInputStream());
    this.in = new BufferedInputStream(counting, 65_536);
  }

  static HttpConnection open(InetSocketAddress address, Duration patience) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
      socket.connect(address, Math.toIntExact(patience.toMillis()));
      return new HttpConnection(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** How many bytes have come since the last request was sent, header and all. */
  long received() {
    return counting.bytes;
  }

  /** Sends one request and reads its answer to the last byte. */
  Answer send(Route route) throws IOException {
    counting.bytes = 0;
    byte[] body = route.body().orElse(null);
    String head =
        (body == null ? "GET " : "POST ")
            + route.target()
            + " HTTP/1.1\r\nHost: testbed\r\n"
            + (body == null
                ? ""
                : "Content-Type: application/octet-stream\r\nContent-Length: "
                    + body.length
                    + "\r\n")
            + "\r\n";
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
    if (body != null) {
      whole.writeBytes(body);
    }
    socket.getOutputStream().write(whole.toByteArray());
    return receive();
  }

  private Answer receive() throws IOException {
    String statusLine = line();
    if (!statusLine.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
      throw new CutException("not a status line: " + statusLine);
    }
    OptionalLong length = OptionalLong.empty();
    boolean chunked = false;
    boolean keepsOpen = true;
    for (int lines = 0; ; lines++) {
      if (lines > HEADER_LINES_LIMIT) {
        throw new CutException("more than " + HEADER_LINES_LIMIT + " header lines");
      }
      String header = line().toLowerCase(Locale.ROOT);
      if (header.isEmpty()) {
        break;
      }
      String value = header.substring(header.indexOf(':') + 1).strip();
      if (header.startsWith("content-length:")) {
        length = OptionalLong.of(Long.parseLong(value));
      } else if (header.startsWith("transfer-encoding:")) {
        chunked = value.equals("chunked");
      } else if (header.startsWith("connection:")) {
        keepsOpen = !value.equals("close");
      }
    }
    int status = Integer.parseInt(statusLine.substring(9, 12));
    if (chunked) {
      return new Answer(status, length, keepsOpen, chunks());
    }
    if (length.isPresent()) {
      return new Answer(status, length, keepsOpen, exactly(Math.toIntExact(length.getAsLong())));
    }
    return new Answer(status, length, false, in.readAllBytes());
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      String size = line();
      int bytes = size.matches("[0-9A-Fa-f]{1,7}") ? Integer.parseInt(size, 16) : -1;
      if (bytes < 0) {
        throw new CutException("not the size of a chunk: " + size);
      }
      byte[] chunk = new byte[bytes];
      int read = in.readNBytes(chunk, 0, bytes);
      if (read < bytes) {
        throw new CutException("ended after " + (all.size() + read) + " bytes, inside a chunk");
      }
      all.writeBytes(chunk);
      if (!line().isEmpty()) {
        throw new CutException("no end of line after a chunk");
      }
      if (bytes == 0) {
        return all.toByteArray();
      }
    }
  }

  private byte[] exactly(int bytes) throws IOException {
    byte[] body = in.readNBytes(bytes);
    if (body.length < bytes) {
      throw new CutException("ended after " + body.length + " of " + bytes + " bytes");
    }
    return body;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() < LINE_BYTES_LIMIT) {
      int next = in.read();
      if (next < 0) {
        throw new CutException(
            line.isEmpty() ? "closed where a line was due" : "ended inside the line " + line);
      }
      if (next == '\n') {
        int end = line.length() - 1;
        return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
      }
      line.append((char) next);
    }
    throw new CutException("a line of more than " + LINE_BYTES_LIMIT + " bytes");
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException _) {
      // Nothing is lost by it: the answer was whole or has been counted as lost.
    }
  }

  private static final class Counting extends FilterInputStream {
    private long bytes;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      bytes += next < 0 ? 0 : 1;
      return next;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      bytes += Math.max(0, read);
      return read;
    }
  }
}
