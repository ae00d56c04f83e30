package io.kidreaper.linux.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kidreaper.linux.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.OptionalInt;

/** Users and groups by name, from wherever this system keeps them: {@code getpwnam(3)}. */
public final class Accounts {
  private static final long BUFFER_BYTES = 1 << 16;

  // struct passwd { char *pw_name; char *pw_passwd; uid_t pw_uid; gid_t pw_gid; ... };
  // struct group  { char *gr_name; char *gr_passwd; gid_t gr_gid; char **gr_mem; };
  private static final long STRUCT_BYTES = 128;
  private static final long FIRST_ID = 16;
  private static final long SECOND_ID = 20;

  // int getpwnam_r(const char *name, struct passwd *pwd, char *buf, size_t buflen,
  //                struct passwd **result);
  private static final MethodHandle GETPWNAM_R = lookup("getpwnam_r");
  // int getgrnam_r(const char *name, struct group *grp, char *buf, size_t buflen,
  //                struct group **result);
  private static final MethodHandle GETGRNAM_R = lookup("getgrnam_r");

  /** What came of looking an account up. */
  public sealed interface Found {
    record Account(RunAs runAs) implements Found {}

    record Refused(String reason) implements Found {}
  }

  private Accounts() {}

  /**
   * Whose rights {@code --user} and {@code --group} mean.
   *
   * @param user a name or a number; a number that no account has needs a group
   * @param group a name or a number; without one it is the user's own
   */
  public static Found find(String user, Optional<String> group) {
    OptionalInt groupId = OptionalInt.empty();
    if (group.isPresent()) {
      groupId = id(GETGRNAM_R, group.get(), FIRST_ID);
      if (groupId.isEmpty()) {
        groupId = number(group.get());
      }
      if (groupId.isEmpty()) {
        return new Found.Refused("there is no group \"" + group.get() + "\"");
      }
    }
    OptionalInt named = id(GETPWNAM_R, user, FIRST_ID);
    if (named.isPresent()) {
      int own = id(GETPWNAM_R, user, SECOND_ID).orElseThrow();
      return new Found.Account(new RunAs(named.getAsInt(), groupId.orElse(own), true));
    }
    OptionalInt number = number(user);
    if (number.isEmpty()) {
      return new Found.Refused("there is no user \"" + user + "\"");
    }
    return groupId.isEmpty()
        ? new Found.Refused("user number " + user + " has no group of its own; say --group too")
        : new Found.Account(new RunAs(number.getAsInt(), groupId.getAsInt(), false));
  }

  private static OptionalInt id(MethodHandle lookup, String name, long offset) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(STRUCT_BYTES, 8);
      MemorySegment texts = arena.allocate(BUFFER_BYTES);
      MemorySegment found = arena.allocate(ADDRESS);
      int error =
          (int)
              lookup.invokeExact(
                  state, arena.allocateFrom(name), entry, texts, BUFFER_BYTES, found);
      return error != 0 || found.get(ADDRESS, 0).equals(MemorySegment.NULL)
          ? OptionalInt.empty()
          : OptionalInt.of(entry.get(JAVA_INT, offset));
    } catch (Throwable e) {
      throw Native.unexpected("account lookup", e);
    }
  }

  private static OptionalInt number(String text) {
    return text.matches("[0-9]{1,9}")
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }

  private static MethodHandle lookup(String symbol) {
    return Native.required(
        symbol, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  }
}
