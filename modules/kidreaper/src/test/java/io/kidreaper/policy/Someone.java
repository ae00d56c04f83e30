package io.kidreaper.policy;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Duty;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.Occupation;
import io.kidreaper.pool.ProcessId;
import java.util.OptionalLong;

/** A worker as a test describes it. */
final class Someone {
  private final ProcessId id;
  private Reading memory = sample(10, 10);
  private OptionalLong ageMillis = OptionalLong.of(3_600_000);
  private Occupation occupation = Occupation.IDLE;
  private OptionalLong requests = OptionalLong.empty();
  private OptionalLong stirs = OptionalLong.empty();
  private OptionalLong bootBytes = OptionalLong.empty();

  private Someone(int pid) {
    this.id = new ProcessId(pid, 1000 + pid);
  }

  static Someone worker(int pid) {
    return new Someone(pid);
  }

  static ProcessId id(int pid) {
    return new ProcessId(pid, 1000 + pid);
  }

  private static Sample sample(long privateBytes, long pssBytes) {
    return new Sample(
        900_000_000L,
        800_000_000L,
        new Rollup(800_000_000L, pssBytes, 0, 0, 0, privateBytes, 0, 0, 0, 0));
  }

  /** Private memory and PSS alike. */
  Someone has(long bytes) {
    return has(bytes, bytes);
  }

  Someone has(long privateBytes, long pssBytes) {
    memory = sample(privateBytes, pssBytes);
    return this;
  }

  Someone notRead() {
    memory = new Sample(20, 10, new Detail.NotRead());
    return this;
  }

  Someone unreadableDetail() {
    memory = new Sample(20, 10, new Detail.Unreadable("EACCES"));
    return this;
  }

  Someone unreadable() {
    memory = new Reading.Unreadable("EIO");
    return this;
  }

  Someone vanished() {
    memory = new Reading.Vanished();
    return this;
  }

  Someone age(long millis) {
    ageMillis = OptionalLong.of(millis);
    return this;
  }

  Someone ageUnknown() {
    ageMillis = OptionalLong.empty();
    return this;
  }

  Someone is(Occupation what) {
    occupation = what;
    return this;
  }

  Someone served(long count) {
    requests = OptionalLong.of(count);
    return this;
  }

  Someone stirred(long count) {
    stirs = OptionalLong.of(count);
    return this;
  }

  Someone boot(long bytes) {
    bootBytes = OptionalLong.of(bytes);
    return this;
  }

  Member member() {
    return new Member(id, memory, ageMillis, new Duty(occupation, requests, stirs, bootBytes));
  }
}
