package io.kidreaper.gateway;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Holds a body until its length is known: a small one in memory, a larger one in a temporary file
 * that has no name, so that nothing is left behind whatever happens.
 */
final class Spool implements AutoCloseable {
  /** What is held in memory, in bytes. */
  static final int MEMORY_BYTES = 64 * 1_024;

  private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private @Nullable FileChannel file;
  private long bytes;

  /**
   * Takes a stream to its end.
   *
   * @return false if it is longer than that; then the rest of it is not read
   */
  boolean fill(InputStream in, long maxBytes) throws IOException {
    byte[] piece = new byte[8 * 1_024];
    for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
      if (count > maxBytes - bytes) {
        return false;
      }
      add(piece, count);
    }
    return true;
  }

  private void add(byte[] piece, int count) throws IOException {
    bytes += count;
    if (file == null && bytes <= MEMORY_BYTES) {
      memory.write(piece, 0, count);
      return;
    }
    if (file == null) {
      file = unnamed();
      write(file, memory.toByteArray(), memory.size());
      memory.reset();
    }
    write(file, piece, count);
  }

  private static FileChannel unnamed() throws IOException {
    Path path = Files.createTempFile("kidreaper-body", "");
    // On Linux this removes the name as soon as the file is open.
    return FileChannel.open(
        path,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  private static void write(FileChannel target, byte[] piece, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(piece, 0, count);
    while (buffer.hasRemaining()) {
      target.write(buffer);
    }
  }

  /** How many bytes it holds. */
  long bytes() {
    return bytes;
  }

  /** What it holds, from the beginning; ends with the spool. To be asked for once. */
  InputStream content() throws IOException {
    if (file == null) {
      return new ByteArrayInputStream(memory.toByteArray());
    }
    return Channels.newInputStream(file.position(0));
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
