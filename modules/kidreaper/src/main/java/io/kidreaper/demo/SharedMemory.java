package io.kidreaper.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the workers of one pool share until they write to it. Forked workers share what their
 * manager loaded; JVMs are started one by one, so these share a file that each maps privately. To
 * the kernel it is the same: the first write to a page copies it.
 */
public final class SharedMemory {
  private SharedMemory() {}

  /** Makes a file of that many bytes to be given to every worker. The caller removes it. */
  public static void create(Path file, int bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer piece = ByteBuffer.allocate(64 * 1_024);
      for (int left = bytes; left > 0; ) {
        left -= channel.write(piece.clear().limit(Math.min(piece.capacity(), left)));
      }
    }
  }

  /** Maps the file, and touches all of it, so that later only writing changes anything. */
  static ByteBuffer map(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer mapped = channel.map(MapMode.PRIVATE, 0, channel.size());
      return mapped.load();
    }
  }
}
