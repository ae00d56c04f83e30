package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.policy.Restraint;
import io.kidreaper.pool.BootWindow;
import io.kidreaper.watch.AttachedSettings;
import io.kidreaper.watch.Whereabouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * What is wanted of one pool that somebody else manages: the flags of {@code watch}, and the keys
 * of a {@code [pool.NAME]}.
 */
final class PoolOptions {
  /** The keys that say where a pool is. */
  static final Set<String> WHERE = Set.of("pidfile", "manager", "unit", "cgroup", "match", "start");

  @Option(
      names = "--pidfile",
      paramLabel = "FILE",
      description = "the file in which the manager wrote its process id")
  private @Nullable Path pidfile;

  @Option(
      names = "--manager",
      paramLabel = "PID",
      converter = Words.Pid.class,
      description = "the process whose children are the workers")
  private @Nullable Integer manager;

  @Option(
      names = "--unit",
      paramLabel = "NAME",
      description = "the systemd service that the manager belongs to")
  private @Nullable String unit;

  @Option(
      names = "--cgroup",
      paramLabel = "FOLDER",
      description = "the cgroup that the manager belongs to, below /sys/fs/cgroup")
  private @Nullable Path cgroup;

  @Option(
      names = "--match",
      paramLabel = "REGEX",
      description = "found in the manager's executable and command line")
  private @Nullable String match;

  @Option(
      names = "--start",
      paramLabel = "COMMAND",
      description =
          "start this manager, which has to stay in the foreground, and start it again when it"
              + " ends; words are split as a shell does, and nothing else is")
  private @Nullable String start;

  @Option(
      names = "--members",
      paramLabel = "REGEX",
      description = "only children in whose command line it is found are workers")
  private @Nullable String members;

  @Option(
      names = "--limit",
      paramLabel = "SIZE",
      description = "what one worker may cost; one at or above it has to go")
  private @Nullable ByteSize limit;

  @Option(
      names = "--measure",
      paramLabel = "MEASURE",
      defaultValue = "private",
      description =
          "the number held against the limit: private, rss, pss or vsz (default: ${DEFAULT-VALUE})")
  private Measure measure = Measure.PRIVATE;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "so many readings in a row have to be at or above the limit (default: ${DEFAULT-VALUE})")
  private int samples = PolicySettings.DEFAULT_SAMPLES_OVER;

  @Option(
      names = "--budget",
      paramLabel = "SIZE|PERCENT",
      description =
          "what the whole pool may cost (PSS and swap), or its share of the memory that the cgroup"
              + " or the machine allows; above it the largest idle worker goes, one after another")
  private @Nullable String budget;

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description =
          "a worker goes after so many connections since kidreaper knows it, or up to a tenth fewer")
  private @Nullable Long maxRequests;

  @Option(
      names = "--max-age",
      paramLabel = "TIME",
      description = "a worker goes at this age, or up to a tenth earlier")
  private @Nullable Duration maxAge;

  @Option(
      names = "--idle-retire",
      paramLabel = "TIME",
      description = "a worker that has grown goes after so long without a request")
  private @Nullable Duration idleRetire;

  @Mixin private RetireOptions retire = new RetireOptions();

  @Option(
      names = "--pause",
      paramLabel = "TIME",
      defaultValue = "1s",
      description = "the least time between two that go (default: ${DEFAULT-VALUE})")
  private Duration pause = Duration.ofSeconds(1);

  @Option(
      names = "--at-most-retiring",
      paramLabel = "K",
      defaultValue = "1",
      description =
          "so many are on their way out or not yet replaced at once (default: ${DEFAULT-VALUE})")
  private int atMostRetiring = 1;

  @Option(
      names = "--keep-idle",
      paramLabel = "M",
      defaultValue = "1",
      description =
          "nobody goes where fewer than so many others would be left to take requests (default:"
              + " ${DEFAULT-VALUE})")
  private int keepIdle = 1;

  @Option(
      names = "--min-age",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "younger workers are let be (default: ${DEFAULT-VALUE})")
  private Duration minAge = Duration.ofSeconds(10);

  @Option(
      names = "--every",
      paramLabel = "TIME",
      defaultValue = "1s",
      description = "how often workers are measured (default: ${DEFAULT-VALUE})")
  private Duration every = Duration.ofSeconds(1);

  @Option(names = "--dry-run", description = "say what would be done, and do nothing")
  private boolean dryRun;

  @Option(
      names = "--on-event",
      paramLabel = "COMMAND",
      description = "run by sh for each event of the pool, which it gets as JSON on its input")
  private @Nullable String onEvent;

  /**
   * @throws TypeConversionException if the flags do not go together
   */
  AttachedSettings settings(String name) {
    List<Whereabouts> wheres = wheres();
    if (wheres.size() != 1) {
      throw new TypeConversionException(
          wheres.isEmpty()
              ? "say where the pool is, by one of --pidfile, --manager, --unit, --cgroup, --match,"
                  + " --start"
              : "say where the pool is once, not by "
                  + wheres.size()
                  + " of --pidfile, --manager, --unit, --cgroup, --match, --start");
    }
    regex("--match", match);
    regex("--members", members);
    return new AttachedSettings(
        name,
        wheres.getFirst(),
        limits(),
        new AskedFor(retire.request()),
        atLeast50(every),
        Optional.ofNullable(members),
        dryRun,
        Optional.ofNullable(onEvent));
  }

  private List<Whereabouts> wheres() {
    List<Whereabouts> wheres = new ArrayList<>();
    if (pidfile != null) {
      wheres.add(new Whereabouts.ByPidfile(pidfile.toAbsolutePath()));
    }
    if (manager != null) {
      wheres.add(new Whereabouts.ByPid(manager));
    }
    if (unit != null) {
      wheres.add(new Whereabouts.ByUnit(unit));
    }
    if (cgroup != null) {
      wheres.add(new Whereabouts.ByCgroup(cgroup.toAbsolutePath()));
    }
    if (match != null) {
      wheres.add(new Whereabouts.ByMatch(match));
    }
    if (start != null) {
      wheres.add(new Whereabouts.Started(ShellWords.split(start)));
    }
    return wheres;
  }

  private PolicySettings limits() {
    if (limit != null && limit.bytes() == 0) {
      throw new TypeConversionException("--limit 0 would retire every worker for ever");
    }
    // What would be done is said once of each worker, so nobody waits for another to be gone.
    Restraint restraint =
        new Restraint(
            dryRun ? Integer.MAX_VALUE : count("--at-most-retiring", atMostRetiring, 1),
            count("--keep-idle", keepIdle, 0),
            dryRun ? 0 : pause.toMillis(),
            oldEnoughToJudge(minAge),
            Restraint.ATTACHED.successionMillis(),
            Restraint.ATTACHED.retryMillis(),
            Restraint.ATTACHED.futileToFreeze());
    try {
      return new PolicySettings(
          Optional.ofNullable(limit).map(size -> new Limit(measure, size.bytes())),
          count("--samples", samples, 1),
          Optional.empty(),
          budget == null ? OptionalLong.empty() : OptionalLong.of(LimitFlags.budgetBytes(budget)),
          maxRequests == null ? OptionalLong.empty() : OptionalLong.of(maxRequests),
          millis(maxAge),
          millis(idleRetire),
          PolicySettings.DEFAULT_JITTER_SHARE,
          restraint);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }

  private static int count(String option, int number, int least) {
    if (number < least) {
      throw new TypeConversionException(option + " " + number + " is less than " + least);
    }
    return number;
  }

  private static long oldEnoughToJudge(Duration age) {
    if (age.toMillis() < BootWindow.FROM_MILLIS) {
      throw new TypeConversionException(
          "--min-age has to be at least 2s: a younger worker does not show yet what a fresh one"
              + " needs, so that it could be replaced for ever");
    }
    return age.toMillis();
  }

  private static Duration atLeast50(Duration time) {
    if (time.toMillis() < 50) {
      throw new TypeConversionException("--every has to be at least 50ms");
    }
    return time;
  }

  private static void regex(String option, @Nullable String text) {
    if (text != null) {
      try {
        Pattern _ = Pattern.compile(text);
      } catch (PatternSyntaxException e) {
        throw new TypeConversionException(
            option + " '" + text + "' is no regular expression: " + e.getDescription());
      }
    }
  }

  private static OptionalLong millis(@Nullable Duration time) {
    return time == null ? OptionalLong.empty() : OptionalLong.of(time.toMillis());
  }
}
