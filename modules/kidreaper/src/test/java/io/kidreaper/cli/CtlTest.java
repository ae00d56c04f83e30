package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.command.Nobody;
import io.kidreaper.control.Answer;
import io.kidreaper.control.ControlCommand;
import io.kidreaper.control.ControlServer;
import io.kidreaper.control.RecordingHandler;
import io.kidreaper.control.Statuses;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.memory.ByteSize;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code kidreaper ctl} against servers that remember what they were asked. */
@Timeout(60)
class CtlTest {
  private static final int ME = new NativeLibc().effectiveUserId();

  @TempDir private Path folder;
  private final List<ControlServer> servers = new ArrayList<>();
  private final Screen screen = Screen.plain();

  @AfterEach
  void close() {
    servers.forEach(ControlServer::close);
  }

  private RecordingHandler serve(RecordingHandler handler, String name) {
    servers.add(
        ((ControlServer.Opened.Open)
                ControlServer.open(folder.resolve(name + ".sock"), ME, handler, _ -> {}))
            .server());
    return handler;
  }

  private RecordingHandler serve(String name) {
    return serve(new RecordingHandler(name), name);
  }

  private int ctl(Screen screen, String... words) {
    return screen.run(
        Stream.concat(Stream.of("ctl", "--state", folder.toString()), Stream.of(words))
            .toArray(String[]::new));
  }

  private int ctl(String... words) {
    return ctl(screen, words);
  }

  static Stream<Arguments> actions() {
    return Stream.of(
        Arguments.of("restart", new ControlCommand.Restart()),
        Arguments.of("retire 4711", new ControlCommand.Retire(4711)),
        Arguments.of("scale 8", new ControlCommand.Scale(8)),
        Arguments.of("limit 150M", new ControlCommand.SetLimit(new ByteSize(150 << 20))),
        Arguments.of("stop", new ControlCommand.Stop(false)),
        Arguments.of("stop now", new ControlCommand.Stop(true)));
  }

  @ParameterizedTest
  @MethodSource("actions")
  void asksForWhatWasSaid(String words, ControlCommand.Action action) {
    RecordingHandler handler = serve("shop");

    assertThat(ctl(words.split(" ", -1))).isZero();

    assertThat(handler.asked).containsExactly(action);
    assertThat(screen.out()).isEqualTo("done: " + action + "\n");
    assertThat(screen.err()).isEmpty();
  }

  @Test
  void aRefusalIsTheReasonAndStatus1() {
    serve(
        new RecordingHandler("shop", _ -> new Answer.Refused("no worker \u001b[2J of this pool")),
        "shop");
    assertThat(ctl("retire", "1")).isEqualTo(1);
    assertThat(screen.err()).isEqualTo("kidreaper: no worker ?[2J of this pool\n");
    assertThat(screen.out()).isEmpty();
  }

  @Test
  void statusIsATable() {
    serve("shop");
    StringWriter out = new StringWriter();
    PoolTable table =
        new PoolTable(
            new Terminal(new PrintWriter(out, true), new PrintWriter(out, true), false, false),
            ZoneOffset.UTC);
    table.print(Statuses.full("shop"));
    assertThat(out.toString())
        .isEqualTo(
            """
            shop (process 4711): restarting since 2026-11-22 09:59:58, generation 2
            listening on unix:/run/shop.sock, 127.0.0.1:9000
            2 workers wanted: 1 ready, 1 starting, 1 draining
            limits: 150.0M a worker, 1.0G the pool, killed at 400.0M, 1000 requests, 1 h 0 min of age, 5 min 0 s of idleness
            retired: 3 for age, 12 for limit; requests cut by kidreaper: 0

               PID  GEN  STATE           AGE  PRIVATE     PSS     RSS  REQUESTS  LEAVING
              4720    1  draining  2 h 5 min   160.0M  180.0M  200.0M       812  restart as generation 2
              4721    2  starting          -        -       -       -         -

            2026-11-22 10:00:00  ready  worker 1 of generation 1 is ready
            """);
  }

  @Test
  void statusPrintsThatTable() {
    serve("shop");
    assertThat(ctl("status")).isZero();
    StringWriter out = new StringWriter();
    new PoolTable(
            new Terminal(new PrintWriter(out, true), new PrintWriter(out, true), false, false),
            ZoneId.systemDefault())
        .print(Statuses.full("shop"));
    assertThat(screen.out()).isEqualTo(out.toString());
  }

  @Test
  void statusAsJsonIsOneObjectALine() {
    serve("shop");
    assertThat(ctl("status", "--json")).isZero();
    assertThat(screen.out().lines()).hasSize(1);
    JsonNode pool = JsonMapper.builder().build().readTree(screen.out());
    assertThat(pool.path("name").asString()).isEqualTo("shop");
    assertThat(pool.path("workers").path(0).path("privateBytes").asLong()).isEqualTo(160L << 20);
    assertThat(pool.path("workers").path(1).has("privateBytes")).isFalse();
  }

  @Test
  void theLatestEventsAreToldForPeopleAndPrograms() {
    RecordingHandler handler = serve("shop");
    handler.history.add(Statuses.event("one"));
    handler.history.add(Statuses.event("two \u009b2J"));
    assertThat(ctl("events", "-n", "1")).isZero();
    assertThat(screen.out()).matches("2026-11-2\\d \\d\\d:\\d\\d:00  ready  two \\?2J\n");

    Screen json = Screen.plain();
    assertThat(ctl(json, "events", "--json")).isZero();
    assertThat(json.out().lines()).hasSize(2).allMatch(line -> line.contains("\"pid\":4720"));
  }

  @Test
  void followingEndsWithThePool() {
    RecordingHandler handler = serve("shop");
    handler.history.add(Statuses.event("one"));
    Thread pool =
        Thread.ofVirtual()
            .start(() -> {
              await().until(() -> screen.out().contains("one"));
              handler.history.add(Statuses.event("two"));
              handler.history.end();
            });
    assertThat(ctl("events", "--follow")).isZero();
    assertThat(pool).isNotNull();
    assertThat(screen.out().lines()).hasSize(2);
    assertThat(screen.out()).contains("  one\n", "  two\n");
  }

  @Test
  void whereNoPoolRunsThatIsSaid() {
    assertThat(ctl("status")).isEqualTo(69);
    assertThat(screen.err()).contains("no pool is running", "none in " + folder);
  }

  @Test
  void withoutAStateFolderNoPoolRuns() {
    Path missing = folder.resolve("missing");
    assertThat(screen.run("ctl", "--state", missing.toString(), "status")).isEqualTo(69);
    assertThat(screen.err()).contains("no pool is running", missing.toString(), "--state DIR");
  }

  @Test
  void aNameThatDoesNotRunIsToldWhichDo() throws IOException {
    serve("shop");
    serve("wiki");
    Files.writeString(folder.resolve("dead.sock"), "");
    assertThat(ctl("--name", "blog", "status")).isEqualTo(69);
    assertThat(screen.err())
        .isEqualTo(
            "kidreaper: no pool blog is running; there are: shop, wiki (in " + folder + ")\n");
  }

  @Test
  void oneWhoseKidreaperHasDiedIsToldHowItGoesOn() throws IOException {
    Files.writeString(folder.resolve("dead.sock"), "");
    assertThat(ctl("--name", "dead", "status")).isEqualTo(69);
    assertThat(screen.err()).contains("has died", "'kidreaper run' with the same name");
  }

  @Test
  void ofSeveralOneHasToBeNamed() {
    serve("shop");
    RecordingHandler wiki = serve("wiki");
    assertThat(ctl("restart")).isEqualTo(2);
    assertThat(screen.err()).contains("--name", "shop, wiki");
    assertThat(ctl("--name", "wiki", "restart")).isZero();
    // Before the command or behind it.
    assertThat(ctl("restart", "--name", "wiki")).isZero();
    assertThat(wiki.asked).hasSize(2);
  }

  @Test
  void aSocketMayBeNamedInstead() {
    RecordingHandler handler = serve("shop");
    String socket = folder.resolve("shop.sock").toString();
    assertThat(screen.run("ctl", "--socket", socket, "restart")).isZero();
    assertThat(handler.asked).hasSize(1);
    assertThat(screen.run("ctl", "--socket", socket + "x", "restart")).isEqualTo(69);
    assertThat(screen.run("ctl", "--socket", socket, "--name", "shop", "restart")).isEqualTo(2);
  }

  @Test
  void aFolderThatOthersMayWriteInIsNotLookedInto() throws IOException {
    serve("shop");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(ctl("status")).isEqualTo(1);
    assertThat(screen.err()).contains(folder.toString(), "everybody may write");
  }

  @Test
  void norIsOneOfAnotherUser() throws IOException {
    Nobody.needsRoot();
    Path theirs = Nobody.owns(Files.createDirectory(folder.resolve("theirs")));
    assertThat(screen.run("ctl", "--state", theirs.toString(), "status")).isEqualTo(1);
    assertThat(screen.err()).contains("belongs to user " + Nobody.USER_ID);
  }
}
