package io.kidreaper.linux.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What the epoll sets of one process wait for, from {@code /proc/PID/fdinfo/FD} (see {@code
 * proc_pid_fdinfo(5)}):
 *
 * <pre>{@code
 * pos:    0
 * flags:  02
 * tfd:        5 events:       19 data:                5  pos:0 ino:84ebff sdev:9
 * }</pre>
 *
 * <p>A set keeps the number that a descriptor had when it was put in, and watches the open file
 * behind it, whatever that number has come to mean since. So the inode, where the kernel tells it,
 * is what counts.
 */
final class EpollSets {
  private static final int EPOLLIN = 1;

  private final Proc proc;
  private final int pid;

  EpollSets(Proc proc, int pid) {
    this.proc = proc;
    this.pid = pid;
  }

  /**
   * An open file in a set.
   *
   * @param fd its number when it was put in
   * @param inode empty on kernels that do not tell it
   */
  record Watched(int fd, OptionalLong inode) {}

  /** The files whose input a set waits for; empty where the descriptor is no epoll set. */
  List<Watched> watchedBy(int fd) {
    return proc.descriptorInfo(pid, fd).map(EpollSets::parse).orElse(List.of());
  }

  static List<Watched> parse(String info) {
    List<Watched> watched = new ArrayList<>();
    for (String line : info.split("\n", -1)) {
      if (line.startsWith("tfd:")) {
        // No blank after the colon of the later fields, and some before the values of the first.
        String[] words = line.replace(":", ": ").strip().split("\\s+", -1);
        addIfForInput(words, watched);
      }
    }
    return watched;
  }

  private static void addIfForInput(String[] words, List<Watched> watched) {
    try {
      OptionalLong events = value(words, "events:", 16);
      OptionalLong fd = value(words, "tfd:", 10);
      if (fd.isPresent() && events.isPresent() && (events.getAsLong() & EPOLLIN) != 0) {
        watched.add(new Watched((int) fd.getAsLong(), value(words, "ino:", 16)));
      }
    } catch (NumberFormatException e) {
      // not a line of the kernel's after all
    }
  }

  private static OptionalLong value(String[] words, String name, int radix) {
    for (int at = 0; at + 1 < words.length; at++) {
      if (words[at].equals(name)) {
        return OptionalLong.of(Long.parseUnsignedLong(words[at + 1], radix));
      }
    }
    return OptionalLong.empty();
  }
}
