package io.kidreaper.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * One request's output as records. The buffer holds one STDOUT record in the making, with room kept
 * before it for its header and behind it for all that ends a request, so that a small response is a
 * single write.
 */
final class ResponseWriter implements FastCgiResponse {
  /** Where the finished records go. */
  interface Sink {
    /**
     * Sends these bytes; returns when they are sent.
     *
     * @throws RequestAbortedException if nobody wants them any more
     */
    void send(ByteBuffer... bytes) throws IOException;
  }

  private static final int FIRST_BYTES = 2_048;
  private static final int MOST_BYTES = 32 * 1_024;
  private static final int STDERR_BYTES = 4_096;

  /** Padding, the ends of STDOUT and STDERR, END_REQUEST. */
  private static final int TAIL_BYTES = 7 + 8 + 8 + 16;

  private final int requestId;
  private final Sink sink;
  private final StringBuilder headers = new StringBuilder();
  private final Stdout stdout = new Stdout();
  private final Stderr stderr = new Stderr();
  private ByteBuffer out = ByteBuffer.allocate(FIRST_BYTES).position(RecordDecoder.HEADER_BYTES);
  private int status = 200;
  private int appStatus;
  private boolean hasContentType;
  private boolean headersWritten;
  private boolean committed;
  private boolean finished;

  ResponseWriter(int requestId, Sink sink) {
    this.requestId = requestId;
    this.sink = sink;
  }

  @Override
  public FastCgiResponse status(int newStatus) {
    requireHeadersOpen();
    if (newStatus < 100 || newStatus > 599) {
      throw new IllegalArgumentException("status is " + newStatus + ", not within 100 to 599");
    }
    status = newStatus;
    return this;
  }

  @Override
  public FastCgiResponse header(String name, String value) {
    requireHeadersOpen();
    Headers.check(name, value);
    if (name.equalsIgnoreCase("Content-Type")) {
      hasContentType = true;
    }
    headers.append(name).append(": ").append(value).append("\r\n");
    return this;
  }

  private void requireHeadersOpen() {
    if (headersWritten) {
      throw new IllegalStateException("the headers are already written, before the body");
    }
  }

  @Override
  public OutputStream stdout() {
    return stdout;
  }

  @Override
  public OutputStream stderr() {
    return stderr;
  }

  @Override
  public FastCgiResponse appStatus(int newAppStatus) {
    appStatus = newAppStatus;
    return this;
  }

  @Override
  public boolean isCommitted() {
    return committed;
  }

  /** Replaces what was not sent yet by a short error page. Only before anything was sent. */
  void replaceBy(int errorStatus) throws IOException {
    headers.setLength(0);
    hasContentType = false;
    headersWritten = false;
    out.clear().position(RecordDecoder.HEADER_BYTES);
    status(errorStatus);
    header("Content-Type", "text/plain; charset=utf-8");
    writeHeaders();
    append((errorStatus + " " + Headers.reason(errorStatus) + "\n").getBytes(UTF_8));
  }

  /** Sends what is left, the ends of the streams, and END_REQUEST. */
  void finish() throws IOException {
    if (!headersWritten) {
      writeHeaders();
    }
    boolean stderrUsed = stderr.finish();
    closeRecord();
    RecordEncoder.empty(out, RecordType.STDOUT, requestId);
    if (stderrUsed) {
      RecordEncoder.empty(out, RecordType.STDERR, requestId);
    }
    end();
  }

  /** Sends END_REQUEST alone: what an aborted request gets. */
  void finishAborted() throws IOException {
    out.clear();
    end();
  }

  private void end() throws IOException {
    finished = true;
    RecordEncoder.endRequest(out, requestId, appStatus, ProtocolStatus.REQUEST_COMPLETE);
    sink.send(out.flip());
  }

  private void writeHeaders() throws IOException {
    headersWritten = true;
    append(("Status: " + status + " " + Headers.reason(status) + "\r\n").getBytes(UTF_8));
    if (!hasContentType) {
      // CGI wants one where there is a body; web servers call a response without headers broken.
      headers.append("Content-Type: text/plain; charset=utf-8\r\n");
    }
    append(headers.append("\r\n").toString().getBytes(UTF_8));
  }

  private int room() {
    return out.capacity() - TAIL_BYTES - out.position();
  }

  /** Makes the buffer larger for this many bytes, up to the most that it may be. */
  private void grow(int bytes) {
    int wanted = Math.max(out.capacity() * 2, out.position() + bytes + TAIL_BYTES);
    int size = Math.min(MOST_BYTES, wanted);
    if (size > out.capacity()) {
      out = ByteBuffer.wrap(Arrays.copyOf(out.array(), size)).position(out.position());
    }
  }

  private void append(byte[] bytes) throws IOException {
    append(bytes, 0, bytes.length);
  }

  private void append(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int left = length;
    while (left > 0) {
      int piece;
      if (left > MOST_BYTES && room() < left) {
        sendRecord();
        piece = Math.min(left, RecordEncoder.MAX_ALIGNED_CONTENT_BYTES) & ~7;
        sendDirectly(bytes, at, piece);
      } else {
        if (room() < left) {
          grow(left);
        }
        piece = Math.min(left, room());
        out.put(bytes, at, piece);
        if (piece < left) {
          sendRecord();
        }
      }
      at += piece;
      left -= piece;
    }
  }

  /** Gives the record in the making its header and padding; an empty one is dropped. */
  private void closeRecord() {
    int length = out.position() - RecordDecoder.HEADER_BYTES;
    if (length == 0) {
      out.position(0);
      return;
    }
    int padding = RecordEncoder.paddingLength(length);
    RecordEncoder.padding(out, padding);
    int end = out.position();
    out.position(0);
    RecordEncoder.header(out, RecordType.STDOUT, requestId, length, padding);
    out.position(end);
  }

  private void sendRecord() throws IOException {
    closeRecord();
    if (out.position() > 0) {
      committed = true;
      sink.send(out.flip());
    }
    out.clear().position(RecordDecoder.HEADER_BYTES);
  }

  /** Sends a record whose content is the caller's array, without copying it. */
  private void sendDirectly(byte[] bytes, int offset, int length) throws IOException {
    committed = true;
    ByteBuffer head = ByteBuffer.allocate(RecordDecoder.HEADER_BYTES);
    RecordEncoder.header(head, RecordType.STDOUT, requestId, length, 0);
    sink.send(head.flip(), ByteBuffer.wrap(bytes, offset, length));
  }

  private void requireUnfinished() throws IOException {
    if (finished) {
      throw new IOException("the response is complete: its handler has returned");
    }
  }

  private final class Stdout extends OutputStream {
    private boolean closed;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      requireUnfinished();
      if (closed) {
        throw new IOException("the stream is closed");
      }
      if (!headersWritten) {
        writeHeaders();
      }
      append(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      if (finished || closed) {
        return;
      }
      if (!headersWritten) {
        writeHeaders();
      }
      sendRecord();
    }

    @Override
    public void close() {
      // The stream's end goes out with END_REQUEST.
      closed = true;
    }
  }

  /** Its own lock: a log handler may write here from any thread. */
  private final class Stderr extends OutputStream {
    private byte[] bytes = new byte[0];
    private int length;
    private boolean used;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] source, int offset, int count) throws IOException {
      Objects.checkFromIndexSize(offset, count, source.length);
      requireUnfinished();
      if (bytes.length == 0) {
        bytes = new byte[STDERR_BYTES];
      }
      int at = offset;
      int left = count;
      while (left > 0) {
        int piece = Math.min(left, bytes.length - length);
        System.arraycopy(source, at, bytes, length, piece);
        length += piece;
        at += piece;
        left -= piece;
        if (length == bytes.length) {
          flush();
        }
      }
    }

    @Override
    public synchronized void flush() throws IOException {
      if (length > 0) {
        used = true;
        ByteBuffer record = ByteBuffer.allocate(RecordEncoder.recordLength(length));
        RecordEncoder.record(record, RecordType.STDERR, requestId, bytes, 0, length);
        length = 0;
        sink.send(record.flip());
      }
    }

    synchronized boolean finish() throws IOException {
      flush();
      return used;
    }
  }
}
