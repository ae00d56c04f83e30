package io.kidreaper.linux.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.Native;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * {@code posix_spawn(3)}: the way to start a process from a program of many threads, since between
 * its fork and its exec nothing of ours runs and no memory is copied. Its functions return an
 * errno, they do not set it.
 */
final class SpawnCalls {
  /** Both structs are 336 and 80 bytes on glibc and musl; room to spare costs nothing. */
  private static final int STRUCT_BYTES = 1024;

  private static final int SIGSET_BYTES = 128;
  private static final short SETSIGDEF = 0x04;
  private static final short SETSIGMASK = 0x08;
  private static final short SETSID = 0x80;

  // int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *file_actions,
  //                 const posix_spawnattr_t *attrp, char *const argv[], char *const envp[]);
  private static final MethodHandle SPAWN =
      Native.required(
          "posix_spawn",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
  // int posix_spawnattr_init(posix_spawnattr_t *attr);
  private static final MethodHandle ATTR_INIT = one("posix_spawnattr_init");
  // int posix_spawnattr_destroy(posix_spawnattr_t *attr);
  private static final MethodHandle ATTR_DESTROY = one("posix_spawnattr_destroy");
  // int posix_spawnattr_setflags(posix_spawnattr_t *attr, short flags);
  private static final MethodHandle SET_FLAGS =
      Native.required(
          "posix_spawnattr_setflags", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_SHORT));
  // int posix_spawnattr_setsigmask(posix_spawnattr_t *attr, const sigset_t *sigmask);
  private static final MethodHandle SET_MASK =
      Native.required(
          "posix_spawnattr_setsigmask", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  // int posix_spawnattr_setsigdefault(posix_spawnattr_t *attr, const sigset_t *sigdefault);
  private static final MethodHandle SET_DEFAULTS =
      Native.required(
          "posix_spawnattr_setsigdefault", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  // int posix_spawn_file_actions_init(posix_spawn_file_actions_t *file_actions);
  private static final MethodHandle ACTIONS_INIT = one("posix_spawn_file_actions_init");
  // int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *file_actions);
  private static final MethodHandle ACTIONS_DESTROY = one("posix_spawn_file_actions_destroy");
  // int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *a, int fildes, int newfildes);
  private static final MethodHandle ADD_DUP2 =
      Native.required(
          "posix_spawn_file_actions_adddup2",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  // int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *a, int fildes);
  private static final MethodHandle ADD_CLOSE =
      Native.required(
          "posix_spawn_file_actions_addclose", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  // int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *a, int from);
  // glibc 2.34; musl has none.
  private static final Optional<MethodHandle> ADD_CLOSEFROM =
      Native.optional(
          "posix_spawn_file_actions_addclosefrom_np",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  // int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *a, const char *path);
  // glibc 2.29, musl 1.1.24.
  private static final MethodHandle ADD_CHDIR =
      Native.required(
          "posix_spawn_file_actions_addchdir_np",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

  private SpawnCalls() {}

  /**
   * Starts a program in a session of its own, with an empty signal mask, every disposition default
   * and only the given descriptors open.
   *
   * @param path of the program; PATH is not looked at
   * @param descriptors by the number in the child, our own; ours must lie above all of the child's
   * @return its pid, or the negated errno, of the exec too
   */
  static int spawn(
      String path,
      List<String> arguments,
      Map<String, String> environment,
      Optional<Path> directory,
      SortedMap<Integer, Integer> descriptors) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(STRUCT_BYTES, 16);
      MemorySegment actions = arena.allocate(STRUCT_BYTES, 16);
      check(call(ATTR_INIT, attributes), "posix_spawnattr_init");
      check(call(ACTIONS_INIT, actions), "posix_spawn_file_actions_init");
      try {
        attributes(arena, attributes);
        descriptors(actions, descriptors);
        if (directory.isPresent()) {
          MemorySegment where = arena.allocateFrom(directory.get().toString());
          check((int) ADD_CHDIR.invokeExact(Native.state(), actions, where), "addchdir");
        }
        MemorySegment pid = arena.allocate(JAVA_INT);
        List<String> variables = new ArrayList<>();
        environment.forEach((key, value) -> variables.add(key + "=" + value));
        int error =
            (int)
                SPAWN.invokeExact(
                    Native.state(),
                    pid,
                    arena.allocateFrom(path),
                    actions,
                    attributes,
                    strings(arena, arguments),
                    strings(arena, variables));
        return error == 0 ? pid.get(JAVA_INT, 0) : -error;
      } finally {
        call(ACTIONS_DESTROY, actions);
        call(ATTR_DESTROY, attributes);
      }
    } catch (IllegalStateException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.unexpected("posix_spawn", e);
    }
  }

  private static void attributes(Arena arena, MemorySegment attributes) throws Throwable {
    MemorySegment none = arena.allocate(SIGSET_BYTES, 8);
    // Every bit by hand: sigfillset leaves out the two signals that glibc keeps for itself, and
    // posix_spawn would have the child, and every program after it, ignore those.
    MemorySegment all = arena.allocate(SIGSET_BYTES, 8).fill((byte) 0xff);
    check((int) SET_MASK.invokeExact(Native.state(), attributes, none), "setsigmask");
    check((int) SET_DEFAULTS.invokeExact(Native.state(), attributes, all), "setsigdefault");
    short flags = SETSIGDEF | SETSIGMASK | SETSID;
    check((int) SET_FLAGS.invokeExact(Native.state(), attributes, flags), "setflags");
  }

  private static void descriptors(MemorySegment actions, SortedMap<Integer, Integer> descriptors)
      throws Throwable {
    int above = descriptors.isEmpty() ? 0 : descriptors.lastKey() + 1;
    for (Map.Entry<Integer, Integer> entry : descriptors.entrySet()) {
      int ours = entry.getValue();
      int theirs = entry.getKey();
      if (ours < above) {
        throw new IllegalArgumentException(
            "descriptor " + ours + " would be overwritten before it is copied to " + theirs);
      }
      check((int) ADD_DUP2.invokeExact(Native.state(), actions, ours, theirs), "adddup2");
    }
    if (ADD_CLOSEFROM.isPresent()) {
      check((int) ADD_CLOSEFROM.get().invokeExact(Native.state(), actions, above), "addclosefrom");
    } else {
      closeEach(actions, above);
    }
  }

  /**
   * For musl: what is open now. A descriptor that another thread opens meanwhile, and not
   * close-on-exec, gets through; ours are all close-on-exec, the JDK's sockets are not.
   */
  private static void closeEach(MemorySegment actions, int above) throws Throwable {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path entry : open) {
        int fd = Integer.parseInt(entry.getFileName().toString());
        if (fd >= above) {
          check((int) ADD_CLOSE.invokeExact(Native.state(), actions, fd), "addclose");
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot list /proc/self/fd to close descriptors", e);
    }
  }

  /** {@code char *const[]}, closed by a null. */
  private static MemorySegment strings(Arena arena, List<String> texts) {
    MemorySegment array = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
    }
    return array;
  }

  private static MethodHandle one(String symbol) {
    return Native.required(symbol, FunctionDescriptor.of(JAVA_INT, ADDRESS));
  }

  private static int call(MethodHandle handle, MemorySegment argument) throws Throwable {
    return (int) handle.invokeExact(Native.state(), argument);
  }

  /** These fail for lack of memory or for a fault of ours; the child is not at stake yet. */
  private static void check(int error, String call) {
    if (error != 0) {
      throw new IllegalStateException(call + " failed: " + Errno.describe(error));
    }
  }
}
