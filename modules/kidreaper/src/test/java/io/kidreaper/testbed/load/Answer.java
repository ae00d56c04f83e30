package io.kidreaper.testbed.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/** A whole answer as it came over the wire. */
final class Answer {
  private final int status;
  private final OptionalLong contentLength;
  private final boolean keepsOpen;
  private final byte[] body;

  /**
   * An answer.
   *
   * @param contentLength what the header said, if it did
   * @param keepsOpen whether another request may follow on the connection
   */
  Answer(int status, OptionalLong contentLength, boolean keepsOpen, byte[] body) {
    this.status = status;
    this.contentLength = contentLength;
    this.keepsOpen = keepsOpen;
    this.body = body;
  }

  /** Whether another request may follow on the connection. */
  boolean keepsOpen() {
    return keepsOpen;
  }

  /** The body, as text. */
  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** What this answer is to that request. */
  Outcome outcome(Route route) {
    if (status >= 500) {
      return Outcome.SERVER_ERROR;
    }
    return fault(route).isEmpty() ? Outcome.OK : Outcome.WRONG;
  }

  /** What is not right in it, in words; empty when nothing is. */
  Optional<String> fault(Route route) {
    if (status != 200) {
      return Optional.of("status " + status + ", " + start());
    }
    if (contentLength.isEmpty() && route instanceof Route.Echo) {
      return Optional.of("no Content-Length");
    }
    return route.answer().map(this::fault).orElseGet(this::faultOfPid);
  }

  private Optional<String> fault(byte[] expected) {
    int same = Arrays.mismatch(body, expected);
    if (same < 0) {
      return Optional.empty();
    }
    return Optional.of(
        "byte %d of %d is not right, %d came%s"
            .formatted(same, expected.length, body.length, same < 64 ? ", " + start() : ""));
  }

  private Optional<String> faultOfPid() {
    return new String(body, StandardCharsets.ISO_8859_1).matches("[1-9][0-9]*\n")
        ? Optional.empty()
        : Optional.of("not a pid: " + start());
  }

  private String start() {
    String text = new String(body, 0, Math.min(body.length, 120), StandardCharsets.ISO_8859_1);
    return "it starts \"" + text.replaceAll("[^ -~]", ".") + "\"";
  }
}
