package io.kidreaper.run;

import io.kidreaper.control.EventHistory;
import io.kidreaper.control.HistoryEvent;
import io.kidreaper.manager.PoolNote;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Moment;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongFunction;

/** Tells what happens to a pool: a line to the log, an event to those who follow. Never blocks. */
final class PoolTelling implements Retirer.Listener {
  private static final int KEPT = 1_000;

  private final String name;
  private final RunLog log;
  private final PoolVoice voice;
  private final LongFunction<Optional<ProcessId>> processes;
  private final EventHistory history = new EventHistory(KEPT);

  /**
   * @param processes which process a worker is, by its serial
   */
  PoolTelling(String name, RunLog log, LongFunction<Optional<ProcessId>> processes) {
    this.name = name;
    this.log = log;
    this.voice = new PoolVoice(processes);
    this.processes = processes;
  }

  EventHistory history() {
    return history;
  }

  /** Something about the pool as a whole. */
  void tell(String kind, String text) {
    tell(kind, text, OptionalInt.empty());
  }

  /** Something about one worker. */
  void tell(String kind, String text, ProcessId worker) {
    tell(kind, text, OptionalInt.of(worker.pid()));
  }

  private void tell(String kind, String text, OptionalInt pid) {
    log.say(name + " " + text);
    history.add(new HistoryEvent(Instant.now(), kind, text, pid));
  }

  void tell(PoolNote note) {
    tell(kind(note), voice.words(note), pid(note));
  }

  @Override
  public void signalled(ProcessId worker, String reason, Moment moment) {
    tell("retiring", PoolVoice.signalled(worker, reason, moment), worker);
  }

  @Override
  public void killed(ProcessId worker, String reason, Moment moment) {
    tell("killed", PoolVoice.killed(worker, moment), worker);
  }

  @Override
  public void left(ProcessId worker, String reason, long sinceSignalMillis) {
    tell("retired", PoolVoice.left(worker, sinceSignalMillis), worker);
  }

  @Override
  public void stuck(ProcessId worker, int connections) {
    tell(
        "stuck",
        "worker %d has its signal, holds %d connections and does not leave; it is waited for"
            .formatted(worker.pid(), connections),
        worker);
  }

  private OptionalInt pid(PoolNote note) {
    long serial =
        switch (note) {
          case PoolNote.Ready ready -> ready.serial();
          case PoolNote.Ended ended -> ended.serial();
          case PoolNote.StartFailed failed -> failed.serial();
          case PoolNote.SlowStart slow -> slow.serial();
          case PoolNote.RetirementFailed failed -> failed.serial();
          case PoolNote.KillFailed failed -> failed.serial();
          case PoolNote.NeverReady _, PoolNote.Restarted _ -> -1;
        };
    return processes.apply(serial).map(it -> OptionalInt.of(it.pid())).orElse(OptionalInt.empty());
  }

  private static String kind(PoolNote note) {
    return switch (note) {
      case PoolNote.Ready _ -> "ready";
      case PoolNote.Ended _ -> "ended";
      case PoolNote.StartFailed _ -> "start-failed";
      case PoolNote.NeverReady _ -> "never-ready";
      case PoolNote.SlowStart _ -> "slow-start";
      case PoolNote.RetirementFailed _ -> "retirement-failed";
      case PoolNote.KillFailed _ -> "kill-failed";
      case PoolNote.Restarted _ -> "restarted";
    };
  }
}
