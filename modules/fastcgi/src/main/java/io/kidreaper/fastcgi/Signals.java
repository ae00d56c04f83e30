package io.kidreaper.fastcgi;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Set;

/**
 * POSIX signals by {@code sun.misc.Signal} of the module jdk.unsupported, by reflection: the
 * compiler warns of every direct use, and a JDK without that module can still use the rest.
 */
public final class Signals {
  private Signals() {}

  /**
   * Replaces what the JVM does on these signals, for the whole process: each runs the action, on a
   * thread of its own. For a program's main method.
   *
   * @param names without SIG: HUP, TERM, INT, USR1, USR2 and others; the JVM keeps QUIT for itself,
   *     and with -Xrs also HUP, INT and TERM
   * @throws IllegalArgumentException if the JVM does not give a signal away
   * @throws UnsupportedOperationException if this JDK has no jdk.unsupported module
   */
  public static void handle(Set<String> names, Runnable action) {
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
                default -> "finish on " + names;
              };
      Object runs =
          Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, calls);
      for (String name : names) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), runs);
      }
    } catch (java.lang.reflect.InvocationTargetException refused) {
      throw new IllegalArgumentException(
          "this JVM does not give away " + names, refused.getCause());
    } catch (ReflectiveOperationException missing) {
      throw new UnsupportedOperationException("this JDK has no sun.misc.Signal", missing);
    }
  }
}
