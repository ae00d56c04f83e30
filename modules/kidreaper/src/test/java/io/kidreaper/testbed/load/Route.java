package io.kidreaper.testbed.load;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/** One request to an application of the test bed, and what a right answer to it is. */
public sealed interface Route {
  /** A small answer that is always the same. */
  record Hello() implements Route {
    @Override
    public String target() {
      return "/hello";
    }

    @Override
    public Optional<byte[]> answer() {
      return text("hello, world\n");
    }
  }

  /** An answer of so many bytes, all different ({@link Words}), its length in the header. */
  record Echo(int bytes, int seed) implements Route {
    @Override
    public String target() {
      return "/echo?bytes=" + bytes + "&seed=" + Integer.toUnsignedString(seed);
    }

    @Override
    public Optional<byte[]> answer() {
      return Optional.of(Words.bytes(bytes, seed));
    }
  }

  /** An answer that takes its time: so many chunks, so many milliseconds before each. */
  record Stream(int chunks, int millis) implements Route {
    @Override
    public String target() {
      return "/stream?chunks=" + chunks + "&millis=" + millis;
    }

    @Override
    public Optional<byte[]> answer() {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < chunks; i++) {
        all.append("chunk %06d\n".formatted(i));
      }
      return text(all.toString());
    }
  }

  /** Allocates so many KiB, writes to them, and keeps them for the worker's life. */
  record Leak(int kilobytes) implements Route {
    @Override
    public String target() {
      return "/leak?kb=" + kilobytes;
    }

    @Override
    public Optional<byte[]> answer() {
      return text("leaked " + kilobytes + "\n");
    }
  }

  /**
   * Writes to so many KiB, not yet written to, of the 64 MiB that were loaded before the worker was
   * forked. Past their end it begins anew, which moves nothing more.
   */
  record Unshare(int kilobytes) implements Route {
    @Override
    public String target() {
      return "/unshare?kb=" + kilobytes;
    }

    @Override
    public Optional<byte[]> answer() {
      return text("unshared " + kilobytes + "\n");
    }
  }

  /** Which process answers: its pid, as a line. The right one cannot be known beforehand. */
  record Pid() implements Route {
    @Override
    public String target() {
      return "/pid";
    }

    @Override
    public Optional<byte[]> answer() {
      return Optional.empty();
    }
  }

  /** Posts so many bytes; the answer is their number and their CRC-32, as a line. */
  record Sum(int bytes, int seed) implements Route {
    @Override
    public String target() {
      return "/sum";
    }

    @Override
    public Optional<byte[]> body() {
      return Optional.of(Words.bytes(bytes, seed));
    }

    @Override
    public Optional<byte[]> answer() {
      CRC32 sum = new CRC32();
      sum.update(Words.bytes(bytes, seed));
      return text(bytes + " " + sum.getValue() + "\n");
    }
  }

  /** Path and query. */
  String target();

  /** What is posted; a route without it is got. */
  default Optional<byte[]> body() {
    return Optional.empty();
  }

  /** The only right answer, to the byte; empty for {@link Pid}, where any number is right. */
  Optional<byte[]> answer();

  private static Optional<byte[]> text(String text) {
    return Optional.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
