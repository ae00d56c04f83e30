package io.kidreaper.run.state;

import io.kidreaper.linux.LockedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * That one kidreaper and no other keeps a pool. The lock's file stays when the pool has ended,
 * since by removing it two could hold a lock of one name.
 */
public final class PoolLock implements AutoCloseable {
  private static final int MOST_BYTES = 32;
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** What came of wanting the lock. */
  public sealed interface Taken {
    record Ours(PoolLock lock) implements Taken {}

    /**
     * A kidreaper of this name lives.
     *
     * @param pid as it said itself; empty where it could not
     */
    record Held(OptionalInt pid) implements Taken {}

    /**
     * @param reason a sentence that names the file
     */
    record Refused(String reason) implements Taken {}
  }

  private final LockedFile file;

  private PoolLock(LockedFile file) {
    this.file = file;
  }

  /** Takes the lock if it is free; does not wait. */
  public static Taken take(StateFolder folder, PoolName name) {
    return take(folder, name, Duration.ZERO);
  }

  /** Takes the lock as soon as it is free, if that is within the time. */
  public static Taken take(StateFolder folder, PoolName name, Duration patience) {
    Path path = folder.lock(name);
    try {
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      // It stays from pool to pool.
    } catch (IOException e) {
      return new Taken.Refused("the lock " + path + " cannot be made: " + e);
    }
    long start = System.nanoTime();
    while (true) {
      switch (LockedFile.take(path)) {
        case LockedFile.Taken.Ours(LockedFile file) -> {
          say(path);
          return new Taken.Ours(new PoolLock(file));
        }
        case LockedFile.Taken.Failed(String reason) -> {
          return new Taken.Refused("the lock " + path + " cannot be taken: " + reason);
        }
        case LockedFile.Taken.Held() -> {
          if (System.nanoTime() - start >= patience.toNanos() || Thread.interrupted()) {
            return new Taken.Held(pid(path));
          }
          LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
      }
    }
  }

  /** Gives the lock up. */
  @Override
  public void close() {
    file.close();
  }

  /** Who holds it, for people alone; a full disk is no reason not to hold it. */
  private static void say(Path path) {
    try {
      Files.writeString(path, ProcessHandle.current().pid() + "\n", StandardCharsets.US_ASCII);
    } catch (IOException e) {
      // Then a second run cannot name us.
    }
  }

  private static OptionalInt pid(Path path) {
    try {
      if (Files.size(path) > MOST_BYTES) {
        return OptionalInt.empty();
      }
      String text = Files.readString(path, StandardCharsets.ISO_8859_1);
      return text.matches("[1-9][0-9]{0,8}\n")
          ? OptionalInt.of(Integer.parseInt(text.strip()))
          : OptionalInt.empty();
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }
}
