package io.kidreaper.linux.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Collects the dead whose parents are gone, which is the duty of pid 1 in a container and of nobody
 * else: everywhere else init does it. Never waits, and leaves the dead that somebody in this
 * process will collect. Not safe for several threads.
 */
public final class OrphanReaper {
  private final IntPredicate watched;
  private Set<Integer> seenBefore = Set.of();

  /**
   * @param watched whether a child's end is somebody's business: {@link ChildWatch#isWatched}
   */
  public OrphanReaper(IntPredicate watched) {
    this.watched = watched;
  }

  /** Whether orphans come to this process: it is pid 1 of its namespace. */
  public static boolean isNeeded() {
    return ProcessHandle.current().pid() == 1;
  }

  /**
   * Looks once; to be called every second or so. A dead child is collected at the second look that
   * finds it: one that died between its spawn and its watching is not an orphan.
   *
   * @return how many were collected
   */
  public int look() {
    Set<Integer> dead = new HashSet<>();
    int collected = 0;
    for (int pid : children()) {
      if (!watched.test(pid) && isDead(pid)) {
        if (seenBefore.contains(pid) && ProcessCalls.reap(pid) >= 0) {
          collected++;
        } else {
          dead.add(pid);
        }
      }
    }
    seenBefore = dead;
    return collected;
  }

  private static Set<Integer> children() {
    Set<Integer> result = new HashSet<>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        for (String pid : Files.readString(thread.resolve("children")).split(" ", -1)) {
          if (!pid.isBlank()) {
            result.add(Integer.parseInt(pid.strip()));
          }
        }
      }
    } catch (IOException e) {
      // A thread that ended meanwhile; its children are another thread's at the next look.
      return result;
    }
    return result;
  }

  /** State Z in {@code /proc/PID/stat}, after the name, which may hold anything. */
  private static boolean isDead(int pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.startsWith(") Z", stat.lastIndexOf(')'));
    } catch (IOException e) {
      return false;
    }
  }
}
