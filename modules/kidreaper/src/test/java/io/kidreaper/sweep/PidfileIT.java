package io.kidreaper.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Nobody;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pidfiles are believed. Every refusal names the file and the reason, and ends with 3. */
class PidfileIT {
  @SuppressWarnings("NullAway.Init")
  private static Site site;

  @SuppressWarnings("NullAway.Init")
  private static Pool pool;

  @BeforeAll
  static void startPool() {
    site = Site.open("pidfile");
    pool = Pool.start(site, 1);
  }

  @AfterAll
  static void endPool() {
    site.close();
  }

  @Test
  void oneThatOnlyRootCouldHaveWrittenIsBelieved() {
    assertAccepted(pool.pidfile(), pool);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "abc\n", "12 34\n", "-5\n", "0\n", "99999999999\n", "1.5\n"})
  void oneThatHoldsNoProcessIdIsRefused(String text) {
    Path file = site.dir().write("text/" + text.hashCode() + ".pid", text);

    assertRefused(file, text.isEmpty() ? "is empty" : "holds something other than one process id");
  }

  @Test
  void oneThatHoldsMoreThanAProcessIdIsRefused() {
    assertRefused(site.dir().write("long.pid", "1\n".repeat(1000)), "holds more than a process id");
  }

  @Test
  void oneThatIsNotThereIsRefused() {
    assertRefused(site.dir().path("missing.pid"), "cannot be opened: ENOENT");
  }

  @Test
  void oneThatNamesADeadProcessIsRefused() {
    int gone = endedPid();

    assertRefused(
        site.dir().write("dead.pid", gone + "\n"),
        "names process " + gone + ", which is not running");
  }

  /** The launcher becomes the JVM, so the shell's own pid is kidreaper's in the end. */
  @Test
  void oneThatNamesKidreaperItselfIsRefused() {
    Path file = site.dir().path("self.pid");
    Run run =
        Program.of(
                "sh",
                "-c",
                "echo $$ > \"$1\"; exec \"$2\" reap --pidfile \"$1\" --limit 1M",
                "sh",
                file,
                Kidreaper.ROOT.resolve("kidreaper"))
            .with("PATH", Kidreaper.pathWithoutMaven())
            .run();

    assertThat(run.status()).as(run.toString()).isEqualTo(3);
    assertThat(run.err()).contains("pidfile " + file + " names kidreaper itself");
  }

  @Test
  void aPipeIsRefusedAndNotWaitedFor() {
    Path pipe = site.dir().path("pipe.pid");
    Command.of("mkfifo", pipe).runIn(site.dir().path("."));

    assertRefused(pipe, "is not a file");
  }

  @Test
  void aFolderIsRefused() {
    assertRefused(site.dir().directory("folder.pid"), "is not a file");
  }

  @Test
  void rootDoesNotBelieveOneThatEverybodyMayWrite() {
    Nobody.needsRoot();
    Path file = mode("rw-rw-rw-", named("open.pid"));

    assertRefused(file, "everybody may write to it");
    // Whoever is not root may name only what he could signal anyway.
    Run asNobody = dryRun(file).asNobody().run();
    assertThat(asNobody.status()).as(asNobody.toString()).isZero();
  }

  @Test
  void rootDoesNotBelieveOneOfAnotherUser() {
    Nobody.needsRoot();

    assertRefused(Nobody.owns(named("foreign.pid")), "it belongs to user " + Nobody.USER_ID);
  }

  @Test
  void rootBelievesOneOfTheManagersOwnUser() {
    Nobody.needsRoot();
    Pool ofNobody = Pool.startAsNobody(site, 1);

    assertAccepted(ofNobody.pidfile(), ofNobody);
  }

  @Test
  void rootDoesNotBelieveOneThatAGroupMayWrite() throws IOException {
    Nobody.needsRoot();
    Path file = named("group.pid");
    Files.setAttribute(file, "unix:gid", Nobody.USER_ID);

    assertRefused(mode("rw-rw-r--", file), "group " + Nobody.USER_ID + " may write to it");
  }

  @Test
  void rootDoesNotBelieveOneInAFolderOfAnotherUser() {
    Nobody.needsRoot();
    Path file = named("theirs/run.pid");
    Path folder = Nobody.owns(site.dir().path("theirs"));

    assertRefused(file, "its folder " + folder + " belongs to user " + Nobody.USER_ID);
  }

  @Test
  void rootDoesNotBelieveOneInAFolderThatEverybodyMayWrite() {
    Nobody.needsRoot();
    Path file = named("everybodys/run.pid");
    Path folder = mode("rwxrwxrwx", site.dir().path("everybodys"));

    assertRefused(file, "everybody may write to its folder " + folder);
  }

  /**
   * The kernel may refuse to follow such a link ({@code fs.protected_symlinks}); where it does not,
   * kidreaper does.
   */
  @Test
  void rootDoesNotBelieveALinkOfAnotherUserInASharedFolder() throws IOException {
    Nobody.needsRoot();
    Path folder = site.dir().directory("sticky");
    Files.setAttribute(folder, "unix:mode", 01777);
    Path link = Files.createSymbolicLink(folder.resolve("link.pid"), pool.pidfile());
    assertAccepted(link, pool);

    Nobody.owns(link);

    Run run = dryRun(link).run();
    assertThat(run.status()).as(run.toString()).isEqualTo(3);
    assertThat(run.err())
        .containsPattern("is a link that belongs to user " + Nobody.USER_ID + "|EACCES");
  }

  private static Path named(String name) {
    return mode("rw-r--r--", site.dir().write(name, pool.managerPid() + "\n"));
  }

  private static Path mode(String permissions, Path file) {
    try {
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int endedPid() {
    Program.Running program = Program.of("true").start();
    int pid = program.pid();
    program.await();
    return pid;
  }

  private static Program dryRun(Path pidfile) {
    return Kidreaper.with("reap", "--pidfile", pidfile, "--limit", "8T", "--dry-run");
  }

  private static void assertAccepted(Path pidfile, Pool manager) {
    Run run = dryRun(pidfile).run();
    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out()).startsWith("manager " + manager.managerPid() + " ");
  }

  private static void assertRefused(Path pidfile, String reason) {
    Run run = dryRun(pidfile).run();
    assertThat(run.status()).as(run.toString()).isEqualTo(3);
    assertThat(run.err()).startsWith("kidreaper: pidfile " + pidfile + " ").contains(reason);
    assertThat(run.out()).isEmpty();
  }
}
