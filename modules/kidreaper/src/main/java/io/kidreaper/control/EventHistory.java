package io.kidreaper.control;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;

/**
 * The latest events of a pool, and those who follow them. Whoever adds one never waits for a
 * follower: a follower has no queue of its own, only a place in the history, and one that is so
 * slow that its place has been given up learns how many events it missed. Safe from any thread.
 */
public final class EventHistory {
  /** What a follower sees next. */
  public sealed interface Next {
    record Event(HistoryEvent event) implements Next {}

    /** So many events came and went unseen. */
    record Missed(long events) implements Next {}

    /** No further event comes. */
    record Ended() implements Next {}

    /** The follower was closed. */
    record Closed() implements Next {}
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Event number n, counted from 0, is at place n modulo {@link #most}. */
  private final List<HistoryEvent> kept = new ArrayList<>();

  private final int most;
  private long added;
  private boolean ended;

  /**
   * @param most events that are kept, at least 1
   */
  public EventHistory(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("no room for events: " + most);
    }
    this.most = most;
  }

  /** Tells of an event; one after the end is not told. */
  public void add(HistoryEvent event) {
    lock.lock();
    try {
      if (ended) {
        return;
      }
      if (kept.size() < most) {
        kept.add(event);
      } else {
        kept.set(place(added), event);
      }
      added++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** No further event comes; followers see what is left, then the end. */
  public void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** So many of the latest at most, oldest first. */
  public List<HistoryEvent> latest(int atMost) {
    lock.lock();
    try {
      return LongStream.range(added - Math.min(atMost, kept.size()), added)
          .mapToObj(number -> kept.get(place(number)))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /** From so many of the latest on, none left out and none twice. */
  public Follower follow(int past) {
    lock.lock();
    try {
      return new Follower(added - Math.min(past, kept.size()));
    } finally {
      lock.unlock();
    }
  }

  private int place(long number) {
    return (int) (number % most);
  }

  /** One who follows; {@link #next} is for one thread, {@link #close} for any. */
  public final class Follower implements AutoCloseable {
    private long next;
    private boolean closed;

    private Follower(long next) {
      this.next = next;
    }

    /** Waits for what comes next. */
    public Next next() throws InterruptedException {
      lock.lockInterruptibly();
      try {
        while (next == added && !ended && !closed) {
          changed.await();
        }
        if (closed) {
          return new Next.Closed();
        }
        if (next == added) {
          return new Next.Ended();
        }
        long oldest = added - kept.size();
        if (next < oldest) {
          long missed = oldest - next;
          next = oldest;
          return new Next.Missed(missed);
        }
        return new Next.Event(kept.get(place(next++)));
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        closed = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
