package io.kidreaper.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * One HTTP request and its answer. Whoever throws from it leaves the answer cut: the JDK's server
 * then closes the connection without the mark by which a client knows that an answer is whole.
 */
final class Visit implements AutoCloseable {
  /**
   * Of a body that is too large, what is read nevertheless, so that the client sees the refusal.
   */
  private static final long COURTESY_BYTES = 8 << 20;

  private final HttpExchange exchange;
  private final Attendance attendance;
  private final long millis;

  /**
   * @param millis how long the client may bring or take nothing
   */
  Visit(HttpExchange exchange, ClientWatch watch, long millis) {
    this.exchange = exchange;
    this.millis = millis;
    this.attendance = watch.attend(exchange.getLocalAddress(), exchange.getRemoteAddress());
  }

  HttpExchange exchange() {
    return exchange;
  }

  String method() {
    return exchange.getRequestMethod();
  }

  boolean isHead() {
    return method().equals("HEAD");
  }

  /**
   * HTTP/1.0 knows no chunks: an answer of unknown length ends with the connection, whole or not.
   */
  boolean isHttp10() {
    return exchange.getProtocol().equals("HTTP/1.0");
  }

  /** Calls this once, from another thread, if the client closes its connection. */
  void onGone(Runnable action) {
    attendance.onGone(action);
  }

  /** The request's body, whose next piece has to come in time. */
  InputStream body() {
    return new FilterInputStream(exchange.getRequestBody()) {
      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        try (Attendance.Limit _ = attendance.limit(millis)) {
          return super.read(target, offset, length);
        }
      }
    };
  }

  /** Reads what is left of a body that nobody wants, within reason. */
  void dropBody() throws IOException {
    InputStream in = body();
    byte[] piece = new byte[16 * 1_024];
    long left = COURTESY_BYTES;
    for (int count = in.read(piece); count >= 0 && left > 0; count = in.read(piece)) {
      left -= count;
    }
  }

  /** Sends the status and headers of an answer without body, but with the headers of one. */
  void sendHead(int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
  }

  /** Begins an answer of this length, or of an unknown one if it is negative. */
  void begin(int status, long bytes) throws IOException {
    exchange.sendResponseHeaders(status, bytes < 0 ? 0 : bytes == 0 ? -1 : bytes);
  }

  /** Sends a piece of the answer's body so that it arrives now. */
  void send(byte[] bytes, int offset, int length) throws IOException {
    OutputStream out = exchange.getResponseBody();
    try (Attendance.Limit _ = attendance.limit(millis)) {
      out.write(bytes, offset, length);
      out.flush();
    }
  }

  /** Ends an answer that is whole. */
  void complete() throws IOException {
    try (Attendance.Limit _ = attendance.limit(millis)) {
      exchange.getResponseBody().close();
    }
    exchange.close();
  }

  /** Answers with a page that says what went wrong. */
  void explain(Reason reason) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.clear();
    headers.set("Cache-Control", "no-store");
    boolean html =
        exchange.getRequestHeaders().getOrDefault("Accept", List.of()).stream()
            .anyMatch(accept -> accept.contains("text/html"));
    answer(
        reason.status(),
        html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8",
        (html ? reason.html() : reason.text()).getBytes(UTF_8));
  }

  /** Answers with a body that is all there. */
  void answer(int status, String contentType, byte[] body) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", contentType);
    if (isHead()) {
      headers.set("Content-Length", "" + body.length);
      sendHead(status);
    } else {
      begin(status, body.length);
      if (body.length > 0) {
        send(body, 0, body.length);
      }
    }
    complete();
  }

  @Override
  public void close() {
    attendance.leave();
  }

  @Override
  public String toString() {
    String uri = exchange.getRequestURI().toString();
    // Nobody's terminal shall be written to by who asks for a page.
    String shown = uri.length() > 200 ? uri.substring(0, 200) + "…" : uri;
    return method() + " " + shown.replaceAll("\\p{Cntrl}", "?");
  }
}
