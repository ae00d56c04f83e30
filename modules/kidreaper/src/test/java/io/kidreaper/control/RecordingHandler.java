package io.kidreaper.control;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A pool that remembers what it was asked. */
public final class RecordingHandler implements ControlHandler {
  public final EventHistory history = new EventHistory(100);
  public final List<ControlCommand.Action> asked = new CopyOnWriteArrayList<>();
  public final List<ControlCommand.Action> answered = new CopyOnWriteArrayList<>();
  private final Function<ControlCommand.Action, Answer> act;
  private volatile List<PoolStatus> pools;

  public RecordingHandler(String name) {
    this(name, action -> new Answer.Done("done: " + action));
  }

  public RecordingHandler(String name, Function<ControlCommand.Action, Answer> act) {
    this.act = act;
    this.pools = List.of(Statuses.full(name));
  }

  void become(PoolStatus... now) {
    pools = List.of(now);
  }

  @Override
  public List<PoolStatus> status() {
    return pools;
  }

  @Override
  public Optional<FirstSeen> first(int pid) {
    return Optional.of(Statuses.first("shop")).filter(it -> it.worker().pid() == pid);
  }

  @Override
  public EventHistory events() {
    return history;
  }

  @Override
  public Answer act(ControlCommand.Action action) {
    asked.add(action);
    return act.apply(action);
  }

  @Override
  public void answered(ControlCommand.Action action, Answer answer) {
    answered.add(action);
  }
}
