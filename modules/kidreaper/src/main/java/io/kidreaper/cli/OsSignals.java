package io.kidreaper.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Signals to kidreaper itself, by {@code sun.misc.Signal} of the module jdk.unsupported. By
 * reflection, since the compiler warns of every direct use.
 */
final class OsSignals {
  private OsSignals() {}

  /**
   * Runs an action at each signal of that name instead of what the JVM does; each on a thread of
   * its own.
   *
   * @param name without SIG: HUP, INT, TERM, USR1, USR2, TTIN, TTOU and others; the JVM keeps QUIT
   *     and USR1's like for itself with some collectors
   * @throws IllegalStateException if the JVM does not give the signal away
   */
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler calls =
          (proxy, method, args) ->
              switch (method.getName()) {
                case "handle" -> {
                  action.run();
                  yield null;
                }
                case "equals" -> System.identityHashCode(proxy) == System.identityHashCode(args[0]);
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "action on " + name;
              };
      Object runs =
          Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, calls);
      Object which = signal.getConstructor(String.class).newInstance(name);
      signal.getMethod("handle", signal, handler).invoke(null, which, runs);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("this JVM does not give away signal " + name, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK has no sun.misc.Signal", e);
    }
  }
}
