package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The open files of one process, read link by link from {@code /proc/PID/fd}.
 *
 * <p>Read by the bare calls and not through {@code java.nio.file}, since a worker stands still
 * meanwhile and this is done at each of its wait calls: a link costs one call and no object unless
 * it is a socket. For one thread at a time.
 */
final class Descriptors implements AutoCloseable {
  private static final String SOCKET = "socket:[";
  private static final String IO_URING = "anon_inode:[io_uring]";
  private static final int O_DIRECTORY_CLOEXEC = 02000000 | directoryFlag();
  private static final int DIRECTORY_BYTES = 8 * 1024;
  private static final int LINK_BYTES = 64;

  // int open(const char *pathname, int flags, ...);
  private static final MethodHandle OPEN =
      Native.required(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  // int close(int fd);
  private static final MethodHandle CLOSE =
      Native.required("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  // off_t lseek(int fd, off_t offset, int whence);
  private static final MethodHandle LSEEK =
      Native.required("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
  // long syscall(SYS_getdents64, unsigned int fd, void *dirp, size_t count);
  private static final MethodHandle SYSCALL_3 = Native.syscall(3);
  // ssize_t readlinkat(int dirfd, const char *pathname, char *buf, size_t bufsiz);
  private static final MethodHandle READLINKAT =
      Native.required(
          "readlinkat", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));

  private final long getdents64;
  private final int directory;
  // Not confined: whoever keeps one may look from one thread now and from another later.
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment entries = arena.allocate(DIRECTORY_BYTES, 8);
  private final MemorySegment link = arena.allocate(LINK_BYTES);
  private boolean denied;

  /** Opened once; the kernel answers ESRCH or nothing through it once the process is gone. */
  Descriptors(Path proc, int pid, Architecture architecture) {
    this.getdents64 = architecture.syscalls().getdents64();
    String path = proc.resolve(Integer.toString(pid)).resolve("fd").toString();
    MemorySegment state = Native.state();
    try (Arena name = Arena.ofConfined()) {
      int fd = (int) OPEN.invokeExact(state, name.allocateFrom(path), O_DIRECTORY_CLOEXEC);
      this.directory = (int) Native.orErrno(fd, state);
    } catch (Throwable e) {
      throw Native.unexpected("open", e);
    }
  }

  // O_DIRECTORY is one of the few flags that the two architectures number differently.
  private static int directoryFlag() {
    return switch (Architecture.ofThisMachine()) {
      case X86Sixty4 x -> 0200000;
      case Aarch64 a -> 040000;
    };
  }

  /** Told of each open file that matters here. */
  interface Visitor {
    void socket(int fd, long inode);

    void ioUring(int fd);
  }

  /** Visits all open files; the errno (positive) if they could not be listed or read. */
  OptionalInt visit(Visitor visitor) {
    if (directory < 0) {
      return OptionalInt.of(-directory);
    }
    denied = false;
    MemorySegment state = Native.state();
    try {
      long _ = (long) LSEEK.invokeExact(state, directory, 0L, 0);
      while (true) {
        long result =
            (long)
                SYSCALL_3.invokeExact(
                    state, getdents64, (long) directory, entries.address(), (long) DIRECTORY_BYTES);
        long bytes = Native.orErrno(result, state);
        if (bytes == -Errno.EINTR) {
          continue;
        }
        if (bytes < 0) {
          return OptionalInt.of((int) -bytes);
        }
        if (bytes == 0) {
          return denied ? OptionalInt.of(Errno.EACCES) : OptionalInt.empty();
        }
        visitBatch((int) bytes, visitor);
      }
    } catch (Throwable e) {
      throw Native.unexpected("getdents64", e);
    }
  }

  // struct linux_dirent64 { u64 d_ino; s64 d_off; u16 d_reclen; u8 d_type; char d_name[]; };
  private void visitBatch(int bytes, Visitor visitor) {
    for (int at = 0; at < bytes; at += Short.toUnsignedInt(entries.get(JAVA_SHORT, at + 16L))) {
      MemorySegment name = entries.asSlice(at + 19L);
      int fd = number(name);
      if (fd < 0) {
        continue; // "." and ".."
      }
      String target = target(name);
      if (target.startsWith(SOCKET)) {
        visitor.socket(fd, inode(target));
      } else if (target.equals(IO_URING)) {
        visitor.ioUring(fd);
      }
    }
  }

  /** Whether a descriptor is, at this moment, a certain socket. */
  boolean isSocket(int fd, long inode) {
    return directory >= 0
        && target(entries.asSlice(0, 16).fill((byte) 0), fd).equals(SOCKET + inode + "]");
  }

  /** The socket that a descriptor is at this moment; empty where it is none, or not open. */
  OptionalLong socketAt(int fd) {
    if (directory < 0 || fd < 0) {
      return OptionalLong.empty();
    }
    String target = target(entries.asSlice(0, 16).fill((byte) 0), fd);
    return target.startsWith(SOCKET) ? OptionalLong.of(inode(target)) : OptionalLong.empty();
  }

  private String target(MemorySegment scratch, int fd) {
    scratch.setString(0, Integer.toString(fd));
    return target(scratch);
  }

  /** Where a link leads, or the empty string where it is gone or too long to be of interest. */
  private String target(MemorySegment name) {
    MemorySegment state = Native.state();
    try {
      long result = (long) READLINKAT.invokeExact(state, directory, name, link, (long) LINK_BYTES);
      long length = Native.orErrno(result, state);
      // Root may list the descriptors of another user and yet, without CAP_SYS_PTRACE, read none.
      denied |= length == -Errno.EACCES;
      return length <= 0 || length == LINK_BYTES
          ? ""
          : new String(
              link.asSlice(0, length).toArray(JAVA_BYTE),
              java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (Throwable e) {
      throw Native.unexpected("readlinkat", e);
    }
  }

  private static int number(MemorySegment name) {
    int value = 0;
    for (int at = 0; name.get(JAVA_BYTE, at) != 0; at++) {
      int digit = name.get(JAVA_BYTE, at) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private static long inode(String target) {
    return Long.parseLong(target.substring(SOCKET.length(), target.length() - 1));
  }

  @Override
  public void close() {
    if (directory >= 0) {
      try {
        int _ = (int) CLOSE.invokeExact(Native.state(), directory);
      } catch (Throwable e) {
        throw Native.unexpected("close", e);
      }
    }
  }
}
