package io.kidreaper.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The files of /proc, or of a folder laid out like it. A file of one record (stat, status) comes in
 * one read, so what it says is of one moment; a list may change between two reads of it.
 *
 * <p>Not for several threads at once: the buffer is shared between calls.
 */
public final class ProcFs {
  private static final int FIRST_BUFFER_BYTES = 16 * 1024;
  private static final int LARGEST_FILE_BYTES = 64 << 20;

  /**
   * A read that gives less is the last one of a file that is one record, or a list of numbers: the
   * kernel cuts such a list only where its page of 4 KB is full.
   */
  private static final int HALF_A_PAGE_BYTES = 2048;

  private final Libc libc;
  private final String root;

  /** Made when it is needed: many pools have one each that is read through once in months. */
  private byte[] buffer = {};

  public ProcFs(Libc libc, Path root) {
    this.libc = libc;
    this.root = root.toString();
  }

  /** The path of a file, {@code relative} to the root. */
  public String path(String relative) {
    return root + "/" + relative;
  }

  /** {@code /proc/PID/stat}: who the process is. */
  public ProcRead<StatFile> stat(int pid) {
    return parseShort(pid + "/stat", StatFile::parse);
  }

  /**
   * {@code /proc/PID/smaps_rollup}: the costly reading. It walks all of the process's page tables.
   */
  public ProcRead<io.kidreaper.memory.Rollup> smapsRollup(int pid) {
    return parseShort(pid + "/smaps_rollup", SmapsRollupFile::parse);
  }

  /**
   * {@code /proc/PID/smaps}: every mapping. As costly as {@link #smapsRollup}, and its text long.
   */
  public ProcRead<io.kidreaper.memory.Composition> smaps(int pid) {
    return parse(pid + "/smaps", SmapsFile::parse);
  }

  /** {@code /proc/PID/status}: who owns it, what of it is in swap. */
  public ProcRead<StatusFile> status(int pid) {
    return parseShort(pid + "/status", StatusFile::parse);
  }

  /** A process's children, ascending by pid; one may be missing while its siblings end. */
  public ProcRead<Set<Integer>> children(int pid) {
    return new Children(this).of(pid);
  }

  /** {@code /proc/meminfo}: how much of the machine's swap is in use. */
  public ProcRead<MeminfoFile> meminfo() {
    return parseShort("meminfo", MeminfoFile::parse);
  }

  /**
   * The file that a process runs, without its folder ({@code /proc/PID/exe}); empty where it cannot
   * be read.
   */
  public String executableName(int pid) {
    try {
      Path name = Files.readSymbolicLink(Path.of(path(pid + "/exe"))).getFileName();
      // The kernel says so of a file that was replaced while it runs, as an upgrade does.
      return name == null ? "" : name.toString().replaceFirst(" \\(deleted\\)$", "");
    } catch (IOException e) {
      return "";
    }
  }

  /** A process's command line, word by word ({@code /proc/PID/cmdline}); empty where unreadable. */
  public List<String> arguments(int pid) {
    return switch (bytes(pid + "/cmdline")) {
      case ProcRead.Found<byte[]>(byte[] line) ->
          List.of(new String(line, StandardCharsets.UTF_8).replaceFirst("\0+$", "").split("\0"));
      case ProcRead.Gone<byte[]> _, ProcRead.Failed<byte[]> _ -> List.of();
    };
  }

  /** A whole file, parsed; a text that the parser refuses is a failed read, never a default. */
  <T> ProcRead<T> parse(String relative, Function<byte[], T> parser) {
    return parse(bytes(relative, false), relative, parser);
  }

  /**
   * The same of a file that is one record or a list of numbers, which is mostly over after one
   * read. Not of one with names in it: {@code maps} may be cut anywhere.
   */
  <T> ProcRead<T> parseShort(String relative, Function<byte[], T> parser) {
    return parse(bytes(relative, true), relative, parser);
  }

  /** The same of a file that is already open, from its start. */
  <T> ProcRead<T> parseShort(int fd, String relative, Function<byte[], T> parser) {
    return parse(bytes(fd, relative, true), relative, parser);
  }

  private <T> ProcRead<T> parse(
      ProcRead<byte[]> read, String relative, Function<byte[], T> parser) {
    return read.fold(
        text -> parse(text, relative, parser), ProcRead.Gone<T>::new, ProcRead.Failed<T>::new);
  }

  private <T> ProcRead<T> parse(byte[] text, String relative, Function<byte[], T> parser) {
    try {
      return new ProcRead.Found<>(parser.apply(text));
    } catch (MalformedProcFileException e) {
      return new ProcRead.Failed<>(path(relative) + ": " + e.getMessage());
    }
  }

  /** The bytes of a whole file. */
  ProcRead<byte[]> bytes(String relative) {
    return bytes(relative, false);
  }

  private ProcRead<byte[]> bytes(String relative, boolean isShort) {
    int fd = libc.openForReading(path(relative));
    if (fd < 0) {
      return failed("open", relative, -fd);
    }
    try {
      return bytes(fd, relative, isShort);
    } finally {
      libc.close(fd);
    }
  }

  /** The bytes of a file that is already open, from its start. */
  ProcRead<byte[]> bytes(int fd, String relative) {
    return bytes(fd, relative, false);
  }

  private ProcRead<byte[]> bytes(int fd, String relative, boolean isShort) {
    if (buffer.length == 0) {
      buffer = new byte[FIRST_BUFFER_BYTES];
    }
    int length = 0;
    while (true) {
      long read = libc.pread(fd, buffer, length, buffer.length - length, length);
      if (read == -Errno.EINTR) {
        continue;
      }
      if (read < 0) {
        return failed("read", relative, (int) -read);
      }
      // A short read is not the end: the kernel hands out a list (children, maps) by the page.
      length += (int) read;
      if (read == 0 || (isShort && length < HALF_A_PAGE_BYTES)) {
        return new ProcRead.Found<>(Arrays.copyOf(buffer, length));
      }
      if (length < buffer.length) {
        continue;
      }
      if (buffer.length >= LARGEST_FILE_BYTES) {
        return new ProcRead.Failed<>(path(relative) + " is larger than 64 MiB");
      }
      buffer = Arrays.copyOf(buffer, buffer.length * 4);
    }
  }

  private <T> ProcRead<T> failed(String call, String relative, int errno) {
    return switch (errno) {
      case Errno.ENOENT, Errno.ESRCH -> new ProcRead.Gone<>();
      default -> new ProcRead.Failed<>(call + " " + path(relative) + ": " + Errno.describe(errno));
    };
  }

  /** All processes that there are, ascending by pid. */
  public Set<Integer> processes() {
    return numericNames("");
  }

  /** The names in a folder that are numbers: pids or thread ids, ascending. */
  Set<Integer> numericNames(String folder) {
    Set<Integer> names = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of(path(folder)))) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        // Names of /proc that start with a digit are numbers.
        if (name.charAt(0) >= '0' && name.charAt(0) <= '9') {
          names.add(Integer.parseInt(name));
        }
      }
    } catch (NoSuchFileException e) {
      return names;
    } catch (DirectoryIteratorException e) {
      // The process ended while its threads were listed; those read so far are right.
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException("listing " + path(folder), e);
    }
    return names;
  }

  /** The text without its last line break, for messages. */
  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }

  /** A copy of the part of an array, for parsers that cut a file into pieces. */
  static String ascii(byte[] bytes, int from, int to) {
    return new String(Arrays.copyOfRange(bytes, from, to), StandardCharsets.ISO_8859_1);
  }
}
