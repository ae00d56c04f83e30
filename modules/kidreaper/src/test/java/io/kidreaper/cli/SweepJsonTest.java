package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Sample;
import io.kidreaper.retire.Activity;
import io.kidreaper.retire.Moment;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.Signal;
import io.kidreaper.retire.SweepReport;
import io.kidreaper.retire.SweepReport.WorkerReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The shape that docs/JSON.md promises: exactly these keys, of exactly these types. */
class SweepJsonTest {
  private static final long MB = 1 << 20;
  private static final String ID = "pid:integer startTicks:integer ";
  private static final String SIZES =
      "vszBytes:integer rssBytes:integer pssBytes:integer privateBytes:integer ";
  private static final String SUMMARY =
      "workers:integer overLimit:integer retired:integer unreadable:integer"
          + " givenBackBytes:integer result:string exitStatus:integer";

  private static JsonNode json(PoolAccess.Access.Open open, SweepReport report, int status) {
    Screen screen = Screen.plain();
    SweepJson.print(screen.terminal().out(), open, report, Told.story(), status);
    return parse(screen.out());
  }

  private static JsonNode parse(String text) {
    assertThat(text).as("one object on one line").endsWith("}\n").containsOnlyOnce("\n");
    return JsonMapper.builder().build().readTree(text);
  }

  private static JsonNode worker(WorkerReport worker) {
    return json(Told.proc(), Told.report(worker), 0).get("workers").get(0);
  }

  /** Each key with the type of its value. */
  private static Map<String, String> keys(JsonNode object) {
    Map<String, String> keys = new TreeMap<>();
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      JsonNode value = property.getValue();
      keys.put(
          property.getKey(),
          value.isIntegralNumber()
              ? "integer"
              : value.getNodeType().name().toLowerCase(Locale.ROOT));
    }
    return keys;
  }

  private static Map<String, String> keys(String words) {
    return Stream.of(words.strip().split("\\s+"))
        .map(word -> word.split(":", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (a, _) -> a, TreeMap::new));
  }

  /**
   * A worker, the word for what came of it, and the keys beside that word.
   *
   * @param more each with its type
   */
  record Case(WorkerReport worker, String result, String more) {}

  static Stream<Case> outcomes() {
    return Stream.of(
        new Case(Told.kept(20, Told.READ), "kept", ""),
        new Case(Told.over(20, new Outcome.WouldRetire()), "would-retire", ""),
        new Case(Told.over(20, new Outcome.Vanished()), "vanished", ""),
        new Case(Told.unknown(20, Told.READ, "EACCES"), "unreadable", "reason:string"),
        new Case(
            Told.over(20, new Outcome.NotAWorker("it manages")), "not-a-worker", "reason:string"),
        new Case(
            Told.over(20, new Outcome.NotSignalled(Outcome.Why.NOT_PERMITTED, "EPERM")),
            "not-signalled",
            "why:string reason:string"),
        new Case(
            Told.over(20, Told.retired(OptionalLong.of(7), 30, Told.READ)),
            "retired",
            "delivery:object exitMillis:integer replacedMillis:integer givenBackBytes:integer replacement:object"),
        new Case(
            Told.over(20, Told.retired(OptionalLong.empty(), 30, Told.READ)),
            "retired",
            "delivery:object exitMillis:integer replacedMillis:integer replacement:object"),
        new Case(
            Told.over(20, new Outcome.NotReplaced(Told.SIGNALS, 40, OptionalLong.of(7), 60_000)),
            "not-replaced",
            "delivery:object exitMillis:integer waitedMillis:integer givenBackBytes:integer"),
        new Case(
            Told.over(20, new Outcome.NotReplaced(Told.SIGNALS, 40, OptionalLong.empty(), 60_000)),
            "not-replaced",
            "delivery:object exitMillis:integer waitedMillis:integer"),
        new Case(
            Told.over(20, new Outcome.StillThere(Told.SIGNALS, 60_000, new Activity.Idle())),
            "still-there",
            "delivery:object doing:string waitedMillis:integer"),
        new Case(
            Told.over(20, new Outcome.ManagerLost(Told.SIGNALS, Optional.of(40L), "ended")),
            "manager-lost",
            "delivery:object exitMillis:integer reason:string"),
        new Case(
            Told.over(20, new Outcome.ManagerLost(Told.SIGNALS, Optional.empty(), "ended")),
            "manager-lost",
            "delivery:object reason:string"),
        new Case(
            Told.over(20, new Outcome.StillThere(Told.KILLED, 121_000, new Activity.Between())),
            "still-there",
            "delivery:object kill:object doing:string waitedMillis:integer"));
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void everyOutcomeHasItsKeysAndNoOther(Case outcome) {
    JsonNode worker = worker(outcome.worker());
    String result = outcome.result();

    assertThat(keys(worker))
        .isEqualTo(
            keys(
                ID
                    + SIZES
                    + (result.equals("unreadable") ? "overLimit:null " : "overLimit:boolean ")
                    + "outcome:object"));
    assertThat(worker.get("overLimit").asBoolean(false))
        .isEqualTo(!result.equals("kept") && !result.equals("unreadable"));
    assertThat(worker.get("outcome").get("result").asString()).isEqualTo(result);
    assertThat(keys(worker.get("outcome"))).isEqualTo(keys("result:string " + outcome.more()));
  }

  @Test
  void everyKindOfOutcomeIsTestedHere() {
    assertThat(
            outcomes()
                .map(one -> one.worker().outcome().getClass().getName())
                .collect(Collectors.toSet()))
        .isEqualTo(
            Stream.of(Outcome.class.getPermittedSubclasses())
                .map(Class::getName)
                .collect(Collectors.toSet()));
  }

  @Test
  void theValuesAreThoseThatWereMeasured() {
    JsonNode worker = worker(Told.over(20, Told.retired(OptionalLong.of(7), 30, Told.sample(MB))));

    assertThat(worker.get("pid").asInt()).isEqualTo(20);
    assertThat(worker.get("startTicks").asLong()).isEqualTo(120);
    assertThat(worker.get("vszBytes").asLong()).isEqualTo(600 * MB);
    assertThat(worker.get("rssBytes").asLong()).isEqualTo(400 * MB);
    assertThat(worker.get("pssBytes").asLong()).isEqualTo(300 * MB);
    assertThat(worker.get("privateBytes").asLong()).isEqualTo(200 * MB);
    JsonNode outcome = worker.get("outcome");
    assertThat(outcome.get("exitMillis").asLong()).isEqualTo(1234);
    assertThat(outcome.get("replacedMillis").asLong()).isEqualTo(15);
    assertThat(outcome.get("givenBackBytes").asLong()).isEqualTo(7);
    assertThat(keys(outcome.get("replacement"))).isEqualTo(keys(ID + SIZES));
    assertThat(outcome.get("replacement").get("pid").asInt()).isEqualTo(30);
    assertThat(outcome.get("replacement").get("privateBytes").asLong()).isEqualTo(MB);
  }

  @Test
  void aFigureThatWasNotReadHasNoKey() {
    String cheap = "vszBytes:integer rssBytes:integer ";
    String rest = "outcome:object";
    assertThat(keys(worker(Told.kept(20, Told.cheap(5)))))
        .isEqualTo(keys(ID + cheap + "overLimit:boolean " + rest));
    assertThat(keys(worker(Told.unknown(20, new Sample(9, 8, new Detail.Unreadable("no")), "no"))))
        .isEqualTo(keys(ID + cheap + "overLimit:null " + rest));
    assertThat(keys(worker(Told.unknown(20, new Reading.Unreadable("no"), "no"))))
        .isEqualTo(keys(ID + "overLimit:null " + rest));
    assertThat(keys(worker(Told.gone(20)))).isEqualTo(keys(ID + "overLimit:null " + rest));
    JsonNode retired =
        worker(Told.over(20, Told.retired(OptionalLong.of(7), 30, new Reading.Vanished())));
    assertThat(keys(retired.get("outcome").get("replacement"))).isEqualTo(keys(ID));
  }

  @ParameterizedTest
  @EnumSource
  void whySomebodyWasNotSignalledIsOneOfTheseWords(Outcome.Why why) {
    JsonNode worker = worker(Told.over(20, new Outcome.NotSignalled(why, "x")));

    assertThat(worker.get("outcome").get("why").asString()).isEqualTo(word(why));
  }

  private static String word(Outcome.Why why) {
    return switch (why) {
      case BUSY -> "busy";
      case NOT_NOW -> "not-now";
      case NOT_A_CHILD -> "not-a-child";
      case NOT_PERMITTED -> "not-permitted";
      case MANAGER_LOST -> "manager-lost";
      case INTERRUPTED -> "interrupted";
    };
  }

  @ParameterizedTest
  @EnumSource
  void aDeliverySaysWhenAndHowItWasMade(Moment.Kind kind) {
    Outcome.Signals signals =
        new Outcome.Signals(new Moment(kind, Signal.USR1, 7000, 300, 2), Optional.empty());
    JsonNode delivery =
        worker(Told.over(20, new Outcome.StillThere(signals, 9, new Activity.Idle())))
            .get("outcome")
            .get("delivery");

    assertThat(keys(delivery))
        .isEqualTo(
            keys("signal:string at:string reachedMicros:integer heldMicros:integer stops:integer"));
    assertThat(delivery.get("signal").asString()).isEqualTo("USR1");
    assertThat(delivery.get("at").asString()).isEqualTo(word(kind));
    assertThat(delivery.get("reachedMicros").asLong()).isEqualTo(7000);
    assertThat(delivery.get("heldMicros").asLong()).isEqualTo(300);
    assertThat(delivery.get("stops").asInt()).isEqualTo(2);
  }

  private static String word(Moment.Kind kind) {
    return switch (kind) {
      case HELD_IDLE -> "held-idle";
      case HELD_AT_ENTRY -> "held-at-entry";
      case HELD_WITHOUT_CONNECTION -> "held-without-connection";
      case SEEN_IDLE -> "seen-idle";
      case ANY -> "any";
    };
  }

  @Test
  void whereNoSignalIsSafeNoneIsNamed() {
    Screen screen = Screen.plain();
    SweepJson.print(screen.terminal().out(), Told.proc(), Told.report(), Told.handsOff(), 0);
    JsonNode json = parse(screen.out());

    assertThat(json.has("signal")).isFalse();
    assertThat(json.get("server").asString()).isEqualTo("celery");
  }

  @Test
  void theWholeObject() {
    SweepReport report =
        Told.report(
            Told.kept(20, Told.cheap(5)),
            Told.over(21, Told.retired(OptionalLong.of(7), 30, Told.READ)),
            Told.over(22, new Outcome.StillThere(Told.SIGNALS, 9, new Activity.Idle())),
            Told.unknown(23, new Reading.Unreadable("no"), "no"));

    JsonNode json = json(Told.proc(), report, 1);

    assertThat(keys(json))
        .isEqualTo(
            keys(
                "manager:object source:string measure:string limitBytes:integer server:string"
                    + " signal:string dryRun:boolean workers:array summary:object"));
    assertThat(keys(json.get("manager"))).isEqualTo(keys(ID + "command:string"));
    assertThat(json.get("manager").get("pid").asInt()).isEqualTo(4711);
    assertThat(json.get("source").asString()).isEqualTo("proc");
    assertThat(json.get("measure").asString()).isEqualTo("private");
    assertThat(json.get("limitBytes").asLong()).isEqualTo(150 * MB);
    assertThat(json.get("server").asString()).isEqualTo("FCGI::ProcManager");
    assertThat(json.get("signal").asString()).isEqualTo("HUP");
    assertThat(json.get("dryRun").asBoolean()).isFalse();
    JsonNode summary = json.get("summary");
    assertThat(keys(summary)).isEqualTo(keys(SUMMARY));
    assertThat(summary.get("workers").asInt()).isEqualTo(4);
    assertThat(summary.get("overLimit").asInt()).isEqualTo(2);
    assertThat(summary.get("retired").asInt()).isOne();
    assertThat(summary.get("unreadable").asInt()).isOne();
    assertThat(summary.get("givenBackBytes").asLong()).isEqualTo(7);
    assertThat(summary.get("result").asString()).isEqualTo("incomplete");
    assertThat(summary.get("exitStatus").asInt()).isOne();
  }

  @Test
  void aLostManagerIsSaidInTheSummary() {
    JsonNode summary =
        json(Told.proc(), Told.report(Told.plan(Measure.RSS, true), Optional.of("ended")), 4)
            .get("summary");

    assertThat(keys(summary)).isEqualTo(keys(SUMMARY + " managerLost:string"));
    assertThat(summary.get("managerLost").asString()).isEqualTo("ended");
    assertThat(summary.get("result").asString()).isEqualTo("manager-lost");
  }

  @Test
  void withoutProcThereAreNoStartTimesAndNoCommand() {
    JsonNode json = json(Told.psOnly(), Told.report(Told.kept(20, Told.cheap(5))), 0);

    assertThat(json.get("source").asString()).isEqualTo("ps");
    assertThat(keys(json.get("manager"))).isEqualTo(keys("pid:integer"));
    assertThat(keys(json.get("workers").get(0)))
        .isEqualTo(
            keys("pid:integer vszBytes:integer rssBytes:integer overLimit:boolean outcome:object"));
  }

  @Test
  void aPoolThatCouldNotBeReadHasASummaryOnly() {
    Screen screen = Screen.plain();

    int status = screen.run("reap", "--manager", "2147483647", "--limit", "1M", "--json");

    JsonNode json = parse(screen.out());
    assertThat(status).isEqualTo(3);
    assertThat(keys(json)).isEqualTo(keys("summary:object"));
    assertThat(keys(json.get("summary")))
        .isEqualTo(keys("result:string reason:string exitStatus:integer"));
    assertThat(json.get("summary").get("result").asString()).isEqualTo("no-pool");
    assertThat(json.get("summary").get("exitStatus").asInt()).isEqualTo(3);
    assertThat(screen.err()).isEqualTo("kidreaper: there is no process 2147483647\n");
  }

  @Test
  void textsThatAProcessChoseAreQuoted() {
    String odd = "a\"b\\c\u001bd\ue000\u2028";
    JsonNode worker = worker(Told.unknown(20, Told.READ, odd));

    assertThat(worker.get("outcome").get("reason").asString()).isEqualTo(odd);
  }

  /** The page and the tests name the same keys and words. */
  @Test
  void thePageDescribesEveryKeyAndWord() throws IOException {
    String page = Files.readString(Path.of("..", "..", "docs", "JSON.md"));
    Set<String> described =
        Pattern.compile("`([a-zA-Z][a-zA-Z-]*)`")
            .matcher(page)
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> printed = new TreeSet<>();
    outcomes()
        .forEach(one -> {
          collect(worker(one.worker()), printed);
          printed.add(one.result());
        });
    for (Outcome.Why why : Outcome.Why.values()) {
      printed.add(word(why));
    }
    for (Moment.Kind kind : Moment.Kind.values()) {
      printed.add(word(kind));
    }
    printed.addAll(List.of("waiting", "serving", "stuck", "suspended", "unclear", "gone"));
    collect(
        json(Told.proc(), Told.report(Told.plan(Measure.RSS, true), Optional.of("ended")), 4),
        printed);
    for (SweepReport.Result result : SweepReport.Result.values()) {
      printed.add(result.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    printed.add("no-pool");

    assertThat(described).containsAll(printed);
  }

  private static void collect(JsonNode node, Set<String> into) {
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      into.add(property.getKey());
      collect(property.getValue(), into);
    }
  }
}
