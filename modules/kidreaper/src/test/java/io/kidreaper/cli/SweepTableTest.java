package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Activity;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.SweepReport;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SweepTableTest {
  private static final long MB = 1 << 20;

  private static String table(PoolAccess.Access.Open open, SweepReport report) {
    Screen screen = Screen.plain();
    new SweepTable(screen.terminal()).print(open, report, Told.story());
    assertThat(screen.err()).isEmpty();
    return screen.out();
  }

  @Test
  void everyOutcomeHasItsWords() {
    SweepReport report =
        Told.report(
            Told.kept(101, Told.cheap(30 * MB)),
            Told.gone(102),
            Told.unknown(103, new Reading.Unreadable("open statm: EACCES"), "open statm: EACCES"),
            Told.unknown(
                104, new Sample(90 * MB, 80 * MB, new Detail.Unreadable("EPERM")), "EPERM"),
            Told.over(105, Told.retired(OptionalLong.of(200 * MB), 205, Told.sample(5 * MB))),
            Told.over(106, Told.retired(OptionalLong.empty(), 206, new Reading.Vanished())),
            Told.over(
                107, new Outcome.NotReplaced(Told.SIGNALS, 40, OptionalLong.of(200 * MB), 60_000)),
            Told.over(108, new Outcome.NotReplaced(Told.SIGNALS, 40, OptionalLong.empty(), 60_000)),
            Told.over(109, new Outcome.StillThere(Told.SIGNALS, 60_000, new Activity.Idle())),
            Told.over(110, new Outcome.NotSignalled(Outcome.Why.NOT_PERMITTED, "EPERM")),
            Told.over(
                111,
                new Outcome.NotSignalled(Outcome.Why.NOT_A_CHILD, "its parent is now process 1")),
            Told.over(112, new Outcome.Vanished()),
            Told.over(113, new Outcome.NotSignalled(Outcome.Why.BUSY, "it held a connection")),
            Told.over(
                114,
                new Outcome.Retired(
                    Told.KILLED,
                    61_000,
                    OptionalLong.empty(),
                    new Outcome.Replacement(new ProcessId(214, 7), 20, new Reading.Vanished()))),
            Told.over(115, new Outcome.StillThere(Told.KILLED, 121_000, new Activity.Serving(1))));

    assertThat(table(Told.proc(), report))
        .isEqualTo(
            """
            manager 4711 (perl myapp_fastcgi.pl), FCGI::ProcManager, private limit 150.0M, signal HUP

                 PID       VSZ       RSS   PRIVATE  OUTCOME
                 101     60.0M     30.0M         -  kept
                 102         -         -         -  ended by itself
                 103         -         -         -  unreadable: open statm: EACCES
                 104     90.0M     80.0M         -  unreadable: EPERM
                 105    600.0M    400.0M    200.0M  left after 1.2 s, replaced by 205 after 15 ms, gave back 200.0M
                 106    600.0M    400.0M    200.0M  left after 1.2 s, replaced by 206 after 15 ms
                 107    600.0M    400.0M    200.0M  left after 40 ms, NOT REPLACED within 1 min 0 s, gave back 200.0M
                 108    600.0M    400.0M    200.0M  left after 40 ms, NOT REPLACED within 1 min 0 s
                 109    600.0M    400.0M    200.0M  STILL THERE after 1 min 0 s: it waits for requests and ignores the signal
                 110    600.0M    400.0M    200.0M  not signalled: EPERM
                 111    600.0M    400.0M    200.0M  not signalled: its parent is now process 1
                 112    600.0M    400.0M    200.0M  ended by itself
                 113    600.0M    400.0M    200.0M  BUSY, left alone: it held a connection
                 114    600.0M    400.0M    200.0M  killed, left after 1 min 1 s, replaced by 214 after 20 ms
                 115    600.0M    400.0M    200.0M  STILL THERE after 2 min 1 s, even after KILL: it holds 1 connection

            11 of 15 workers over the limit, 3 retired and replaced, 400.0M given back, 2 unreadable.
            """);
  }

  @Test
  void aLostManagerIsToldWithWhatItsWorkersDid() {
    SweepReport report =
        Told.report(
            Told.plan(Measure.PRIVATE, false),
            Optional.of("the manager, process 4711, has ended"),
            Told.over(101, new Outcome.ManagerLost(Told.SIGNALS, Optional.of(40L), "it has ended")),
            Told.over(102, new Outcome.ManagerLost(Told.SIGNALS, Optional.empty(), "it has ended")),
            Told.over(103, new Outcome.NotSignalled(Outcome.Why.MANAGER_LOST, "it has ended")));

    assertThat(table(Told.proc(), report))
        .endsWith(
            """
                 101    600.0M    400.0M    200.0M  left after 40 ms, MANAGER LOST: it has ended
                 102    600.0M    400.0M    200.0M  still there, MANAGER LOST: it has ended
                 103    600.0M    400.0M    200.0M  not signalled: it has ended

            3 of 3 workers over the limit, 0 retired and replaced.
            """);
  }

  @Test
  void aDryRunSaysThatNobodyWasSignalled() {
    SweepReport report =
        Told.report(
            Told.plan(Measure.PSS, true),
            Optional.empty(),
            Told.over(101, new Outcome.WouldRetire()));

    assertThat(table(Told.proc(), report))
        .isEqualTo(
            """
            manager 4711 (perl myapp_fastcgi.pl), FCGI::ProcManager, pss limit 150.0M, signal HUP

                 PID       VSZ       RSS       PSS  OUTCOME
                 101    600.0M    400.0M    300.0M  over the limit: would be retired

            1 of 1 workers over the limit; dry run, none was signalled.
            """);
  }

  @Test
  void ofAChildThatIsNoWorkerItSaysWhy() {
    assertThat(SweepTable.outcome(new Outcome.NotAWorker("it is a manager itself: process 7")))
        .isEqualTo("left alone: it is a manager itself: process 7");
  }

  @Test
  void whereNoSignalIsSafeNoneIsNamed() {
    Screen screen = Screen.plain();
    new SweepTable(screen.terminal()).print(Told.proc(), Told.report(), Told.handsOff());

    assertThat(screen.out())
        .startsWith("manager 4711 (perl myapp_fastcgi.pl), celery, private limit 150.0M\n");
  }

  @ParameterizedTest
  @MethodSource("doings")
  void whatALeftBehindWorkerDoesIsSaid(Activity last, String words) {
    assertThat(SweepTable.outcome(new Outcome.StillThere(Told.SIGNALS, 60_000, last)))
        .isEqualTo("STILL THERE after 1 min 0 s" + words);
  }

  static Stream<Arguments> doings() {
    return Stream.of(
        Arguments.of(new Activity.Idle(), ": it waits for requests and ignores the signal"),
        Arguments.of(new Activity.Serving(1), ": it holds 1 connection"),
        Arguments.of(new Activity.Serving(3), ": it holds 3 connections"),
        Arguments.of(new Activity.Between(), ": stuck, it holds no connection and waits for none"),
        Arguments.of(new Activity.Suspended("it is stopped"), ": it is stopped"),
        Arguments.of(new Activity.Unclear("EACCES"), ""),
        Arguments.of(new Activity.Gone(), ""));
  }

  @Test
  void aPoolWithoutWorkersHasNoTable() {
    assertThat(table(Told.proc(), Told.report()))
        .isEqualTo(
            """
            manager 4711 (perl myapp_fastcgi.pl), FCGI::ProcManager, private limit 150.0M, signal HUP
            0 of 0 workers over the limit.
            """);
  }

  @Test
  void whatWasReadThroughPsSaysSo() {
    SweepReport report =
        Told.report(
            Told.plan(Measure.RSS, false), Optional.empty(), Told.kept(101, Told.cheap(30 * MB)));

    assertThat(table(Told.psOnly(), report))
        .startsWith(
            "manager 4711, FCGI::ProcManager, rss limit 150.0M, signal HUP, read through ps\n")
        .contains(" 101     60.0M     30.0M         -  kept\n");
  }

  @Test
  void coloursOnlyWhereTheyAreWanted() {
    SweepReport report =
        Told.report(
            Told.over(101, new Outcome.StillThere(Told.SIGNALS, 60_000, new Activity.Idle())),
            Told.kept(102, Told.cheap(1)));
    Screen coloured = Screen.coloured();
    new SweepTable(coloured.terminal()).print(Told.proc(), report, Told.story());

    assertThat(table(Told.proc(), report)).doesNotContain("\u001b");
    assertThat(coloured.out())
        .contains(
            "\u001b[31mSTILL THERE after 1 min 0 s: it waits for requests and ignores the signal\u001b[39m");
    assertThat(coloured.out().replaceAll("\u001b\\[[0-9;]*m", ""))
        .as("the words are the same")
        .isEqualTo(table(Told.proc(), report));
  }
}
