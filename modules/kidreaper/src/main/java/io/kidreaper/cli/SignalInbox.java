package io.kidreaper.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Signals that arrive while there is no pool yet to obey them. What the JVM does of itself would be
 * to die, and with workers just taken over from an earlier kidreaper to leave them to nobody. So
 * they are kept and obeyed as soon as there is a pool, in their order.
 */
final class SignalInbox {
  private final Map<String, Runnable> actions = new HashMap<>();
  private final List<String> kept = new ArrayList<>();

  private SignalInbox() {}

  /**
   * Takes these signals from the JVM.
   *
   * @param names without SIG
   */
  static SignalInbox open(String... names) {
    SignalInbox inbox = new SignalInbox();
    for (String name : names) {
      OsSignals.on(name, () -> inbox.arrived(name));
    }
    return inbox;
  }

  /** From now on each signal has its action done, those that are kept first. */
  void obey(Map<String, Runnable> byName) {
    List<String> waiting;
    synchronized (this) {
      actions.putAll(byName);
      waiting = List.copyOf(kept);
      kept.clear();
    }
    waiting.forEach(this::arrived);
  }

  private void arrived(String name) {
    Runnable action;
    synchronized (this) {
      action = actions.get(name);
      if (action == null) {
        kept.add(name);
        return;
      }
    }
    action.run();
  }
}
