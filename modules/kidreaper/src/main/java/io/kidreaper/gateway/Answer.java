package io.kidreaper.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import io.kidreaper.fastcgi.CgiResponse;
import io.kidreaper.fastcgi.ClientEvent;
import io.kidreaper.fastcgi.FastCgiReply;
import io.kidreaper.fastcgi.ProtocolStatus;
import io.kidreaper.fastcgi.RequestAbortedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * An application's answer on its way to the client, each piece as it comes. One that ends before
 * END_REQUEST (5.5) never gets the mark of a whole one: with a length it stays short of it, without
 * it lacks the last chunk, and for HTTP/1.0 it is held back until it is whole.
 */
final class Answer {
  private static final int PIECE_BYTES = 16 * 1_024;
  private static final long UNKNOWN = -1;

  /** Those that speak of one connection, and those that the JDK's server sets itself. */
  private static final Set<String> NOT_PASSED_ON =
      Set.of("connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "date");

  private final Visit visit;
  private final CgiResponse response;
  private final FastCgiReply reply;
  private final StderrLines stderr;

  Answer(Visit visit, CgiResponse response, FastCgiReply reply, StderrLines stderr) {
    this.visit = visit;
    this.response = response;
    this.reply = reply;
    this.stderr = stderr;
  }

  /**
   * Sends it all.
   *
   * @return false, with nothing sent, if it had to be held back and was larger than that
   * @throws CutException if the application did not bring it to its end
   * @throws RequestAbortedException if it was given up since the client had gone
   */
  boolean send(long maxSpoolBytes) throws IOException {
    long length = length();
    boolean bodiless =
        visit.isHead() || response.status() == 204 || response.status() == 304 || length == 0;
    if (bodiless) {
      finishReading();
      headers();
      visit.sendHead(response.status());
    } else if (length == UNKNOWN && visit.isHttp10()) {
      try (Spool whole = new Spool()) {
        if (!whole.fill(fromWorker(), maxSpoolBytes)) {
          return false;
        }
        requireComplete();
        headers();
        visit.begin(response.status(), whole.bytes());
        pump(whole.content(), whole.bytes());
      }
    } else {
      headers();
      visit.begin(response.status(), length);
      pump(fromWorker(), length);
      requireComplete();
    }
    visit.complete();
    return true;
  }

  private void pump(InputStream body, long length) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    long left = length == UNKNOWN ? Long.MAX_VALUE : length;
    for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
      int wanted = (int) Math.min(count, left);
      if (wanted > 0) {
        visit.send(piece, 0, wanted);
      }
      left -= wanted;
    }
    if (length != UNKNOWN && left > 0) {
      throw new CutException(left + " bytes less than its Content-Length");
    }
  }

  private void finishReading() throws IOException {
    fromWorker().transferTo(java.io.OutputStream.nullOutputStream());
    requireComplete();
  }

  private void requireComplete() throws CutException {
    ProtocolStatus status =
        reply.ended().map(ClientEvent.Ended::protocolStatus).orElse(ProtocolStatus.OVERLOADED);
    if (status != ProtocolStatus.REQUEST_COMPLETE) {
      throw new CutException("the application ended it as " + status);
    }
  }

  /** The body as the worker brings it, where what fails is the worker's failure. */
  private InputStream fromWorker() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int wanted) throws IOException {
        try {
          int count = response.body().read(target, offset, wanted);
          stderr.look(reply);
          return count;
        } catch (RequestAbortedException gone) {
          throw gone;
        } catch (IOException broken) {
          throw new CutException("" + broken.getMessage());
        }
      }
    };
  }

  /** What Content-Length says, if it says one number. */
  private long length() {
    List<String> said = response.headers().getOrDefault("Content-Length", List.of());
    return said.size() == 1 && said.getFirst().matches("[0-9]{1,18}")
        ? Long.parseLong(said.getFirst())
        : UNKNOWN;
  }

  private void headers() {
    Headers headers = visit.exchange().getResponseHeaders();
    response
        .headers()
        .forEach((name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          boolean lengthOfNothing = lower.equals("content-length") && !visit.isHead();
          if (!NOT_PASSED_ON.contains(lower) && !lengthOfNothing && isToken(name)) {
            values.forEach(value -> headers.add(name, latin(value)));
          }
        });
  }

  private static boolean isToken(String name) {
    return name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  }

  /** The value's bytes as the JDK's server writes them, a byte a character, and no line break. */
  private static String latin(String value) {
    return new String(value.getBytes(UTF_8), ISO_8859_1).replaceAll("[\r\n\0]", " ");
  }
}
