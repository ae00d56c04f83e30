package io.kidreaper.run.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * That one kidreaper and no other keeps a pool: a lock that the kernel takes back when its holder
 * ends, however it ends ({@code fcntl_locking(2)}). Its file stays, since removing it would let two
 * hold a lock of one name.
 *
 * <p>Such a lock is lost when its process closes any descriptor of the file, so nothing here opens
 * it a second time.
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

  private final FileChannel channel;

  private PoolLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Takes the lock if it is free; does not wait. */
  public static Taken take(StateFolder folder, PoolName name) {
    return take(folder, name, Duration.ZERO);
  }

  /** Takes the lock as soon as it is free, if that is within the time. */
  public static Taken take(StateFolder folder, PoolName name, Duration patience) {
    Path file = folder.lock(name);
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.CREATE,
                  LinkOption.NOFOLLOW_LINKS),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      return new Taken.Refused("the lock " + file + " cannot be opened: " + e);
    }
    try {
      long start = System.nanoTime();
      while (!tryLock(channel)) {
        if (System.nanoTime() - start >= patience.toNanos() || Thread.interrupted()) {
          OptionalInt holder = pid(channel);
          channel.close();
          return new Taken.Held(holder);
        }
        LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      }
      say(channel);
      return new Taken.Ours(new PoolLock(channel));
    } catch (IOException e) {
      closeQuietly(channel);
      return new Taken.Refused("the lock " + file + " cannot be taken: " + e);
    }
  }

  /** Gives the lock up. */
  @Override
  public void close() {
    closeQuietly(channel);
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      // Kept by the channel.
      @Nullable FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Who holds it, for people alone; a full disk is no reason not to hold it. */
  private static void say(FileChannel channel) {
    String pid = ProcessHandle.current().pid() + "\n";
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
    } catch (IOException e) {
      // Then a second run cannot name us.
    }
  }

  private static OptionalInt pid(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
    channel.read(bytes, 0);
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    return text.matches("[1-9][0-9]{0,8}\n")
        ? OptionalInt.of(Integer.parseInt(text.strip()))
        : OptionalInt.empty();
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is gone all the same.
    }
  }
}
