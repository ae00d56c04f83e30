package io.kidreaper.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream whose beginning is remembered, for the page that says why it was no answer. */
final class Overheard extends FilterInputStream {
  private static final int MAX_BYTES = 512;

  private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();

  Overheard(InputStream in) {
    super(in);
  }

  /** What was read, at most the first {@value #MAX_BYTES} bytes; what is no text becomes a mark. */
  String beginning() {
    return beginning.toString(UTF_8).replaceAll("[\\p{Cntrl}&&[^\r\n\t]]", "\uFFFD");
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = super.read(target, offset, length);
    if (count > 0) {
      beginning.write(target, offset, Math.min(count, MAX_BYTES - beginning.size()));
    }
    return count;
  }
}
