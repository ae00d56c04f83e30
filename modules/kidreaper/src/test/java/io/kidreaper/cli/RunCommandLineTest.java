package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code run} with what cannot be meant. None of these opens a socket or starts a worker. */
class RunCommandLineTest {
  private final Screen screen = Screen.plain();

  @TempDir Path folder;

  /** The command is {@code true}, on a socket of the test's own, unless the line says otherwise. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "--workers 0               | --workers 0            | 1 to 10000",
        "--workers 10001           | --workers 10001        | 1 to 10000",
        "--workers many            | --workers              | many",
        "--listen 9000             | \"9000\" has neither a port | 127.0.0.1:9000",
        "--listen /run/x.sock      | without unix:          | unix:/run/x.sock",
        "--listen :9000            | on which address       | 0.0.0.0:9000",
        "--listen 127.0.0.1:70000  | no port from 0 to 65535 | 127.0.0.1:9000",
        "--listen ::1:9000         | without brackets       | [::1]:9000",
        "--listen unix:            | names no socket        | unix:/run/app.sock",
        "--listen fd:x             | open descriptor        | fd:0",
        "--socket-mode 999         | 999' is not a mode     | 0660",
        "--umask 8                 | 8' is not a mode       | octal",
        "--backlog 0               | --backlog 0            | at least 1",
        "--user no-such-user       | no-such-user           | no user",
        "--group www-data          | --group                | --user",
        "--user root --group no-such-group | no-such-group  | no group",
        "--name a/b                | a/b'                   | letters",
        "--name ../../etc          | ../../etc'             | letters",
        "--env MODE                | MODE'                  | NAME=VALUE",
        "--env =x                  | =x'                    | NAME=VALUE",
        "--ready maybe             | --ready                | BOUNDARY",
        "--signal STOP             | --signal               | TERM",
        "--on-death die            | --on-death             | SERVE",
        "--patience soon           | --patience             | 10s",
        "--stop-timeout 5          | --stop-timeout         | 10s",
        "--limit lots              | --limit                | 150M",
        "--workerz 5               | --workerz              | Unknown option"
      })
  void isStatusTwoWithASentence(String options, String wrong, String good) {
    List<String> words = new ArrayList<>(List.of("run", "--state", folder.toString()));
    if (!options.contains("--listen")) {
      words.addAll(List.of("--listen", "unix:" + folder.resolve("s")));
    }
    words.addAll(List.of(options.split(" ")));
    words.addAll(List.of("--", "true"));

    assertThat(screen.run(words.toArray(String[]::new))).as(screen.err()).isEqualTo(2);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err()).startsWith("kidreaper: ").contains(wrong).contains(good);
    assertThat(screen.err().lines().toList().getLast()).isEqualTo("Try 'kidreaper run --help'.");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run --listen unix:/no/such/folder/s | say what to run",
        "run -- true                         | say where to listen",
      })
  void whatIsMissingIsAskedFor(String line, String wrong) {
    assertThat(screen.run(line.split(" "))).as(screen.err()).isEqualTo(2);
    assertThat(screen.err()).startsWith("kidreaper: " + wrong).contains("for example");
  }
}
