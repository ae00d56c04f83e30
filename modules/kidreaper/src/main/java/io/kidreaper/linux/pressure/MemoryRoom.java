package io.kidreaper.linux.pressure;

import io.kidreaper.linux.ProcRead;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * How much memory there is for the processes of one cgroup. Of all limits around them and the
 * machine itself the tightest counts; limits outside of what a container can see cannot be known.
 * Every question is asked of the kernel anew. Not for several threads at once.
 */
public final class MemoryRoom {
  /** Below a fiftieth of all there is, one more request may be too much. */
  private static final long LEAST_SHARE = 50;

  /** All processes waiting for memory for a fifth of the time: more is lost than gained. */
  private static final double MOST_STALL_PERCENT = 20;

  private static final String MEMINFO = "/proc/meminfo";
  private static final String MACHINE_PRESSURE = "/proc/pressure/memory";

  private final KernelFiles files;
  private final String process;
  private final Map<String, Long> alarmsBefore = new HashMap<>();

  private MemoryRoom(KernelFiles files, String process) {
    this.files = files;
    this.process = process;
  }

  /** Of this process and its children. */
  public static MemoryRoom ofSelf() {
    return new MemoryRoom(new KernelFiles(Path.of("/")), "self");
  }

  /** Of another process, as a pool's manager. */
  public static MemoryRoom of(int pid) {
    return new MemoryRoom(new KernelFiles(Path.of("/")), Integer.toString(pid));
  }

  /**
   * @param root a folder with {@code proc} and the mount points that its {@code mountinfo} names
   * @param process a pid, or {@code self}
   */
  static MemoryRoom below(Path root, String process) {
    return new MemoryRoom(new KernelFiles(root), process);
  }

  /** The tightest limit, or all of the machine's memory where there is none; in bytes. */
  public Amount total() {
    return tightest("MemTotal", (_, _, limitBytes) -> new Amount.Known(limitBytes));
  }

  /**
   * What may still be had before the tightest limit is met or the machine is full; in bytes. The
   * page cache that nobody used lately counts as free, as it does in {@code MemAvailable}.
   */
  public Amount headroom() {
    return tightest("MemAvailable", this::whatIsLeft);
  }

  /** Whether a worker of this size fits beside those that there are. */
  public Fit fits(long bytes) {
    return switch (headroom()) {
      case Amount.Known(long free) -> free >= bytes ? new Fit.Fits(free) : new Fit.TooTight(free);
      case Amount.Unknown(String reason) -> new Fit.Unknown(reason);
    };
  }

  /**
   * Whether memory is about to run out. The first call learns what the kernel has counted before
   * and cannot take it for news.
   */
  public Danger danger() {
    Optional<String> alarm = alarm();
    if (alarm.isPresent()) {
      return new Danger.Imminent(alarm.get());
    }
    OptionalDouble stall = stallPercent();
    if (stall.isPresent() && stall.getAsDouble() >= MOST_STALL_PERCENT) {
      return new Danger.Imminent(
          "all processes waited for memory for "
              + stall.getAsDouble()
              + " % of the last ten seconds");
    }
    Amount all = total();
    return switch (headroom()) {
      case Amount.Known(long free) ->
          all instanceof Amount.Known(long bytes) && free < bytes / LEAST_SHARE
              ? new Danger.Imminent("%d of %d bytes are left".formatted(free, bytes))
              : new Danger.None();
      case Amount.Unknown(String reason) ->
          stall.isPresent() ? new Danger.None() : new Danger.Unknown(reason);
    };
  }

  /**
   * The share of the last ten seconds in which all processes of the cgroup, or of the machine,
   * waited for memory at once, in percent; empty where the kernel does not tell.
   */
  public OptionalDouble stallPercent() {
    return files.text(pressureFile()) instanceof ProcRead.Found<String>(String text)
        ? Texts.average10(text, "full")
        : OptionalDouble.empty();
  }

  /** Where the kernel can be asked to say at once that memory is waited for. */
  Path pressurePath() {
    return files.path(pressureFile());
  }

  private String pressureFile() {
    return Cgroup.pressureFolder(files, process)
        .map(folder -> folder + "/memory.pressure")
        .filter(file -> files.text(file) instanceof ProcRead.Found<String> _)
        .orElse(MACHINE_PRESSURE);
  }

  /** What the kernel has had to do for want of memory since the last look. */
  private Optional<String> alarm() {
    if (!(Cgroup.of(files, process) instanceof Cgroup.Found.In(Cgroup cgroup))
        || !(files.text(cgroup.folders().getFirst() + "/" + cgroup.version().events)
            instanceof ProcRead.Found<String>(String text))) {
      return Optional.empty();
    }
    Optional<String> news = Optional.empty();
    for (String key : cgroup.version().alarms()) {
      OptionalLong count = Texts.keyed(text, key);
      if (count.isPresent()) {
        Long before = alarmsBefore.put(key, count.getAsLong());
        boolean isState = key.equals("under_oom");
        boolean isNews = before != null && count.getAsLong() > before;
        if (isState ? count.getAsLong() > 0 : isNews) {
          news = Optional.of(cgroup.version().events + " says " + key + " " + count.getAsLong());
        }
      }
    }
    return news;
  }

  /** What a limit comes to: itself, or what is left of it. */
  private interface Figure {
    Amount of(Cgroup.Version version, String folder, long limitBytes);
  }

  /** The least of the machine's figure and of all limits'; unknown if one of them is. */
  private Amount tightest(String machineKey, Figure figure) {
    List<Amount> all = new ArrayList<>();
    all.add(machine(machineKey));
    switch (Cgroup.of(files, process)) {
      case Cgroup.Found.Nowhere() -> {}
      case Cgroup.Found.Unknown(String reason) -> all.add(new Amount.Unknown(reason));
      case Cgroup.Found.In(Cgroup cgroup) -> {
        for (String folder : cgroup.folders()) {
          for (String limit : cgroup.version().limits()) {
            figure(cgroup.version(), folder, limit, figure).ifPresent(all::add);
          }
        }
      }
    }
    long least = Long.MAX_VALUE;
    for (Amount amount : all) {
      switch (amount) {
        case Amount.Known(long bytes) -> least = Math.min(least, bytes);
        case Amount.Unknown unknown -> {
          return unknown;
        }
      }
    }
    return new Amount.Known(least);
  }

  private Amount machine(String key) {
    return read(MEMINFO, text -> Texts.kilobytes(text, key));
  }

  /** Empty where there is no limit: no such file, as at the root, or a file that says so. */
  private Optional<Amount> figure(
      Cgroup.Version version, String folder, String limit, Figure figure) {
    return switch (files.text(folder + "/" + limit)) {
      case ProcRead.Gone<String>() -> Optional.empty();
      case ProcRead.Failed<String>(String reason) -> Optional.of(new Amount.Unknown(reason));
      case ProcRead.Found<String>(String text) -> {
        if (Texts.isNoLimit(text)) {
          yield Optional.empty();
        }
        OptionalLong bytes = Texts.number(text);
        yield Optional.of(
            bytes.isPresent()
                ? figure.of(version, folder, bytes.getAsLong())
                : new Amount.Unknown(folder + "/" + limit + " is no number: " + text.strip()));
      }
    };
  }

  private Amount whatIsLeft(Cgroup.Version version, String folder, long limitBytes) {
    Amount usage = read(folder + "/" + version.usage, Texts::number);
    Amount cache = read(folder + "/memory.stat", text -> Texts.keyed(text, version.reclaimable));
    if (usage instanceof Amount.Known(long used)) {
      return cache instanceof Amount.Known(long unused)
          ? new Amount.Known(Math.max(0, limitBytes - Math.max(0, used - unused)))
          : cache;
    }
    return usage;
  }

  private Amount read(String file, Function<String, OptionalLong> parser) {
    return switch (files.text(file)) {
      case ProcRead.Gone<String>() -> new Amount.Unknown("there is no " + file);
      case ProcRead.Failed<String>(String reason) -> new Amount.Unknown(reason);
      case ProcRead.Found<String>(String text) -> {
        OptionalLong bytes = parser.apply(text);
        yield bytes.isPresent()
            ? new Amount.Known(bytes.getAsLong())
            : new Amount.Unknown(file + " does not say what it should");
      }
    };
  }
}
