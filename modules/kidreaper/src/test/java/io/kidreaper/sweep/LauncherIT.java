package io.kidreaper.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Nobody;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.TempDir;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code ./kidreaper} in a copy of the clone that has been built. On the search path of each call
 * stands a {@code mvn} that only fails.
 */
class LauncherIT {
  private static final String VERSION = "kidreaper \\S+\nJava (2[5-9]|[3-9]\\d).*\n";

  private final TempDir dir = TempDir.create("launcher");
  private final Path clone = dir.directory("clone");

  @BeforeEach
  void copyTheClone() {
    // With its times: what is out of date is told by them.
    String copy =
        """
        set -e
        for part in kidreaper bin pom.xml modules/*/pom.xml modules/*/src/main \
            modules/kidreaper/target/kidreaper.jar modules/kidreaper/target/lib \
            modules/kidreaper/target/*.aot; do
          mkdir -p "$(dirname "$1/$part")"
          cp -a "$part" "$1/$part"
        done
        """;
    Command.of("sh", "-c", copy, "sh", clone).runIn(Kidreaper.ROOT);
  }

  @AfterEach
  void deleteTheClone() {
    dir.close();
  }

  /** The cache was made for another folder. The JVM leaves it unused, without a word. */
  @Test
  void aCloneThatWasMovedStillStarts() {
    Run run = version().run();

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out()).matches(VERSION);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void theSecondCallStartsStraightAway() throws IOException {
    deleteTheCache();

    Run first = version().run();
    Run second = version().run();

    assertThat(first.status()).as(first.toString()).isZero();
    assertThat(first.err()).isEqualTo("kidreaper: making the start-up cache, this once...\n");
    assertThat(first.out()).matches(VERSION);
    assertThat(second).isEqualTo(new Run(0, first.out(), ""));
  }

  /** What the others rely on: a call that had to build would be seen. */
  @Test
  void aSourceThatIsNewerThanTheBuildIsBuilt() throws IOException {
    Files.setLastModifiedTime(
        clone.resolve("modules/kidreaper/pom.xml"), FileTime.from(Instant.now()));

    Run run = version().run();

    assertThat(run.status()).isEqualTo(69);
    assertThat(run.err())
        .contains("kidreaper: building, this once...")
        .contains("mvn was called")
        .contains("the build failed; all of its output is in ");
  }

  @Test
  void anOrdinaryUserMayRunACloneThatHeCannotWrite() throws IOException {
    Nobody.needsRoot();
    deleteTheCache();

    Run withoutCache = version().asNobody().run();
    Run byItsOwner = version().run();
    Run withCache = version().asNobody().run();

    assertThat(withoutCache).as("he cannot make the cache").isEqualTo(byItsOwner.silently());
    assertThat(byItsOwner.err()).contains("making the start-up cache");
    assertThat(withCache).isEqualTo(withoutCache);
    assertThat(withoutCache.out()).matches(VERSION);
  }

  @Test
  void aLinkToItLeadsToTheClone() throws IOException {
    Path link = Files.createSymbolicLink(dir.path("kr"), clone.resolve("kidreaper"));

    Run run = Program.of(link, "--version").with("PATH", Kidreaper.pathWithoutMaven()).run();

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out()).matches(VERSION);
  }

  @Test
  void aJavaHomeThatIsTooOldIsPassedOver() throws IOException {
    Path old = dir.directory("jdk-17");
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    Path bin = dir.directory("jdk-17/bin");
    for (String program : new String[] {"java", "javac"}) {
      Path file = Files.writeString(bin.resolve(program), "#!/bin/sh\necho 'too old'\nexit 99\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Run run = version().with("JAVA_HOME", old).run();

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out()).matches(VERSION);
  }

  private void deleteTheCache() throws IOException {
    try (DirectoryStream<Path> caches =
        Files.newDirectoryStream(clone.resolve("modules/kidreaper/target"), "*.aot")) {
      for (Path cache : caches) {
        Files.delete(cache);
      }
    }
  }

  private Program version() {
    return Program.of(clone.resolve("kidreaper"), "--version")
        .with("PATH", Kidreaper.pathWithoutMaven());
  }
}
