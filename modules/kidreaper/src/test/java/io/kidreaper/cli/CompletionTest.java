package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {
  @TempDir private Path folder;

  @Test
  void bashAcceptsTheScriptAndItKnowsTheOptions() throws Exception {
    Screen screen = Screen.plain();
    assertThat(screen.run("generate-completion")).isZero();
    Path script = folder.resolve("completion");
    Files.writeString(script, screen.out());

    assertThat(bash("-n", script.toString())).isEmpty();
    assertThat(
            bash(
                "-c",
                ". '"
                    + script
                    + "'; COMP_WORDS=(kidreaper reap --li) COMP_CWORD=2;"
                    + " _complete_kidreaper; echo \"${COMPREPLY[@]}\""))
        .isEqualTo("--limit\n");
  }

  private String bash(String... args) throws IOException, InterruptedException {
    Path said = folder.resolve("said");
    String[] command = new String[args.length + 2];
    command[0] = "bash";
    command[1] = "--norc";
    System.arraycopy(args, 0, command, 2, args.length);
    Process bash =
        new ProcessBuilder(command)
            .redirectErrorStream(args[0].equals("-n"))
            .redirectOutput(said.toFile())
            .start();
    boolean ended = bash.waitFor(30, TimeUnit.SECONDS);
    if (!ended) {
      bash.destroyForcibly();
    }
    assertThat(ended).as("bash ended").isTrue();
    String words = Files.readString(said);
    assertThat(bash.exitValue()).as("bash says: %s", words).isZero();
    return words;
  }
}
