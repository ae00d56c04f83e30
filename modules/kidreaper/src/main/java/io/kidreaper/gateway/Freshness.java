package io.kidreaper.gateway;

import com.sun.net.httpserver.Headers;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * By what a client tells whether the copy it has of a file is still good (RFC 9110, section 13).
 */
record Freshness(Instant modified, long bytes) {
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  String tag() {
    return "\"%x-%x\"".formatted(modified.toEpochMilli(), bytes);
  }

  String lastModified() {
    return HTTP_DATE.format(modified);
  }

  /** Whether a request with these headers is answered with 304. */
  boolean holdsFor(Headers request) {
    String tags = request.getFirst("If-None-Match");
    if (tags != null) {
      for (String one : tags.split(",", -1)) {
        String tag = one.strip();
        if (tag.equals("*") || tag.replaceFirst("^W/", "").equals(tag())) {
          return true;
        }
      }
      return false;
    }
    String since = request.getFirst("If-Modified-Since");
    if (since == null) {
      return false;
    }
    try {
      Instant date = ZonedDateTime.parse(since, HTTP_DATE).toInstant();
      return !modified.truncatedTo(ChronoUnit.SECONDS).isAfter(date);
    } catch (DateTimeParseException none) {
      return false;
    }
  }
}
