package io.kidreaper.demo;

import io.kidreaper.fastcgi.FastCgiRequest;
import io.kidreaper.fastcgi.FastCgiResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The demo's application. Every answer has a Content-Length, and bytes that follow from the
 * request:
 *
 * <pre>
 * /?bytes=N&amp;seed=S    {@link Body}, 512 bytes unless said
 * /leak?kb=N          "leaked N": keeps N KiB more
 * /unshare?kb=N       "unshared N": writes to N KiB of what it shares with the other workers
 * /bloat?kb=N         "bloated N": takes N KiB and lets them go
 * /slow?ms=N          "slept N"
 * /size               a JSON object of what it knows of itself
 * </pre>
 *
 * An answer may differ in one case: /unshare says how much there was left to unshare.
 */
final class DemoApplication {
  private static final int MAX_KB = 256 * 1_024;
  private static final int MAX_MILLIS = 60_000;

  private final Hoard hoard;

  DemoApplication(Hoard hoard) {
    this.hoard = hoard;
  }

  void handle(FastCgiRequest request, FastCgiResponse response)
      throws IOException, InterruptedException {
    String query = request.params().getOrDefault("QUERY_STRING", "");
    String path = request.params().getOrDefault("REQUEST_URI", "/").replaceFirst("\\?.*", "");
    try {
      switch (path) {
        case "/" -> {
          int bytes = number(query, "bytes", 512, Body.MAX_BYTES);
          send(response, Body.of(bytes, number(query, "seed", 0, Integer.MAX_VALUE)));
        }
        case "/leak" -> {
          int kb = number(query, "kb", 0, MAX_KB);
          hoard.leak(kb * 1_024);
          send(response, "leaked " + kb);
        }
        case "/unshare" -> {
          int kb = number(query, "kb", 0, MAX_KB);
          send(response, "unshared " + hoard.unshare(kb * 1_024) / 1_024);
        }
        case "/bloat" -> {
          int kb = number(query, "kb", 0, MAX_KB);
          send(response, "bloated " + Hoard.bloat(kb * 1_024) / 1_024);
        }
        case "/slow" -> {
          int millis = number(query, "ms", 0, MAX_MILLIS);
          TimeUnit.MILLISECONDS.sleep(millis);
          send(response, "slept " + millis);
        }
        case "/size" -> send(response, size());
        default -> {
          response.status(404);
          send(response, "no such page");
        }
      }
    } catch (IllegalArgumentException wrong) {
      response.status(400);
      send(response, "" + wrong.getMessage());
    }
  }

  private String size() {
    Runtime runtime = Runtime.getRuntime();
    return "{\"pid\":%d,\"leakedBytes\":%d,\"unsharedBytes\":%d,\"heapBytes\":%d}"
        .formatted(
            ProcessHandle.current().pid(),
            hoard.keptBytes(),
            hoard.unsharedBytes(),
            runtime.totalMemory() - runtime.freeMemory());
  }

  private static int number(String query, String name, int otherwise, int max) {
    Matcher matcher = Pattern.compile("(?:^|&)" + name + "=([^&]*)").matcher(query);
    if (!matcher.find()) {
      return otherwise;
    }
    String text = matcher.group(1);
    if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > max) {
      throw new IllegalArgumentException(name + " is not a number from 0 to " + max);
    }
    return Integer.parseInt(text);
  }

  private static void send(FastCgiResponse response, String line) throws IOException {
    send(response, (line + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static void send(FastCgiResponse response, byte[] body) throws IOException {
    response.header("Content-Length", "" + body.length);
    response.header("Content-Type", "text/plain; charset=utf-8");
    response.stdout().write(body);
  }
}
