package io.kidreaper.run.state;

import io.kidreaper.json.JsonFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One pool's state on disk. To be written and removed only by whoever holds the pool's lock. */
final class StateFile {
  /** A pool of ten thousand workers has less. */
  private static final int MOST_BYTES = 4 << 20;

  private static final int OTHERS_WRITE = 022;

  /** What came of reading it. */
  sealed interface Read {
    record Found(SavedPool pool) implements Read {}

    record Missing() implements Read {}

    /**
     * @param reason a sentence that names the file
     */
    record Refused(String reason) implements Read {}
  }

  private final Path path;
  private final Path fresh;
  private final PoolName name;
  private final int ourUserId;

  StateFile(StateFolder folder, PoolName name) {
    this.path = folder.state(name);
    this.fresh = folder.path().resolve("." + name + ".json.new");
    this.name = name;
    this.ourUserId = folder.ourUserId();
  }

  /** Reads it with suspicion, although the folder is ours: what it says decides who is adopted. */
  Read read() {
    try {
      Map<String, Object> file =
          Files.readAttributes(path, "unix:uid,mode,size", LinkOption.NOFOLLOW_LINKS);
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        return refused("is not a file");
      }
      int owner = (Integer) attribute(file, "uid");
      if (owner != 0 && owner != ourUserId) {
        return refused("belongs to user " + owner + " and is not believed");
      }
      if (((Integer) attribute(file, "mode") & OTHERS_WRITE) != 0) {
        return refused("may be written by others and is not believed");
      }
      if ((Long) attribute(file, "size") > MOST_BYTES) {
        return refused("is larger than any state");
      }
      return parse(bytes());
    } catch (NoSuchFileException e) {
      return new Read.Missing();
    } catch (IOException e) {
      return refused("cannot be read: " + e);
    }
  }

  /**
   * Replaces it whole or not at all. Not forced to the disk: after a crash of the machine its
   * processes are gone too.
   */
  void write(SavedPool pool) throws IOException {
    byte[] bytes = (SavedPoolJson.write(pool) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      Files.deleteIfExists(fresh);
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      deleteHalf();
      throw e;
    }
  }

  /** The pool has ended: there is nothing to go on with. */
  void delete() throws IOException {
    Files.deleteIfExists(path);
  }

  Path path() {
    return path;
  }

  private void deleteHalf() {
    try {
      Files.deleteIfExists(fresh);
    } catch (IOException e) {
      // It is removed before the next try, which fails with the reason.
    }
  }

  private String bytes() throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(channel.size(), MOST_BYTES) + 1);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // Until the end, or more than there was a moment ago.
      }
      return StandardCharsets.UTF_8.newDecoder().decode(buffer.flip()).toString();
    }
  }

  private Read parse(String text) {
    try {
      SavedPool pool = SavedPoolJson.read(text);
      return pool.name().equals(name)
          ? new Read.Found(pool)
          : refused("is of another pool, \"" + pool.name() + "\"");
    } catch (JsonFault e) {
      return refused(Optional.ofNullable(e.getMessage()).orElse("cannot be understood"));
    }
  }

  private Read refused(String why) {
    return new Read.Refused("the state file " + path + " " + why);
  }

  private static Object attribute(Map<String, Object> file, String key) {
    return Optional.ofNullable(file.get(key)).orElseThrow();
  }
}
