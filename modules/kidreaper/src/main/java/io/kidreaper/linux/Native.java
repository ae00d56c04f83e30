package io.kidreaper.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Binds C functions so that each call's errno is read before the JVM can overwrite it.
 *
 * <p>Every handle made here takes the thread's {@linkplain #state() call state} as its first
 * argument. The callers turn a failed call into {@code -errno}, the kernel's own convention: one
 * {@code long} carries the result or the reason, no object is made, and nothing is thrown for what
 * is normal (a process that is gone).
 */
public final class Native {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup C_LIBRARY = LINKER.defaultLookup();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  /** One a thread, since two threads' calls must not share an errno. */
  private static final ThreadLocal<MemorySegment> STATE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

  private Native() {}

  /** The calling thread's errno buffer, the first argument of every handle made here. */
  public static MemorySegment state() {
    return STATE.get();
  }

  /** {@code result}, or the negated errno of the call that just returned -1 in {@code state}. */
  public static long orErrno(long result, MemorySegment state) {
    return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
  }

  /**
   * Binds a function that this program cannot do without.
   *
   * @throws UnsupportedOperationException if the C library lacks it, with what to do
   */
  public static MethodHandle required(
      String symbol, FunctionDescriptor type, Linker.Option... options) {
    return optional(symbol, type, options)
        .orElseThrow(() ->
            new UnsupportedOperationException(
                "this system's C library has no "
                    + symbol
                    + "(); kidreaper needs Linux with glibc or musl"));
  }

  /** Binds a function that only newer C libraries have. */
  public static Optional<MethodHandle> optional(
      String symbol, FunctionDescriptor type, Linker.Option... options) {
    List<Linker.Option> all = new ArrayList<>(List.of(options));
    all.add(CAPTURE);
    return C_LIBRARY
        .find(symbol)
        .map(address -> LINKER.downcallHandle(address, type, all.toArray(Linker.Option[]::new)));
  }

  /**
   * Binds {@code long syscall(long number, ...)} for a kernel call with that many {@code long}
   * arguments. Pointers travel as addresses, so the caller keeps their arena open over the call.
   */
  public static MethodHandle syscall(int arguments) {
    MemoryLayout[] types = new MemoryLayout[arguments + 1];
    java.util.Arrays.fill(types, ValueLayout.JAVA_LONG);
    return required(
        "syscall",
        FunctionDescriptor.of(ValueLayout.JAVA_LONG, types),
        Linker.Option.firstVariadicArg(1));
  }

  /** What a method handle threw: nothing of ours throws, so it is the linker's own failure. */
  public static IllegalStateException unexpected(String call, Throwable cause) {
    return new IllegalStateException("native call " + call + " failed inside the JVM", cause);
  }
}
