package io.kidreaper;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who may know whom, as docs/DESIGN.md has it. Rules for packages to come hold from their start.
 */
class ArchitectureTest {
  private static final String ROOT = "io.kidreaper.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPaths(
              Stream.of(Path.of("target", "classes"), Path.of("..", "fastcgi", "target", "classes"))
                  .filter(Files::isDirectory)
                  .toList());

  @Test
  void theClassesAreThere() {
    assertThat(CLASSES.contain("io.kidreaper.retire.Sweep")).isTrue();
    assertThat(CLASSES.contain("io.kidreaper.cli.Main")).isTrue();
  }

  @Test
  void memoryKnowsNothing() {
    holds(knowsOnly("memory"));
  }

  @Test
  void poolKnowsMemory() {
    holds(knowsOnly("pool", "memory"));
  }

  @Test
  void policyKnowsMemoryAndPool() {
    holds(knowsOnly("policy", "memory", "pool"));
  }

  @Test
  void retireKnowsMemoryPoolAndPolicy() {
    holds(knowsOnly("retire", "memory", "pool", "policy"));
  }

  @Test
  void explainKnowsMemoryAndPool() {
    holds(knowsOnly("explain", "memory", "pool"));
  }

  /** Which signal a server calls for is retire's word, and nothing else of it is needed. */
  @Test
  void serverKnowsRetire() {
    holds(knowsOnly("server", "retire"));
  }

  @Test
  void managerKnowsNoKernelAndNoFace() {
    holds(knowsOnly("manager", "memory", "pool", "policy", "retire"));
  }

  @Test
  void jsonKnowsNothing() {
    holds(knowsOnly("json"));
  }

  /** Of the kernel it knows sockets and who is at the other end of one, and nothing else. */
  @Test
  void controlKnowsWhatIsPublishedAndSockets() {
    holds(knowsOnly("control", "json", "memory", "pool", "manager", "linux.socket"));
  }

  @Test
  void linuxKnowsMemoryAndPoolAndTheInterfacesThatItImplements() {
    holds(knowsOnly("linux", "memory", "pool", "retire", "manager"));
    holds(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "linux..")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(ROOT + "retire..", ROOT + "manager..")
                    .and(DescribedPredicate.not(implementedByLinux())))
            .because("it provides what retire and manager ask for, and decides nothing"));
  }

  /** The interfaces that linux implements, and the values of which their methods speak. */
  private static DescribedPredicate<JavaClass> implementedByLinux() {
    Set<JavaClass> asked = new HashSet<>();
    Deque<JavaClass> open = new ArrayDeque<>();
    for (JavaClass provider : CLASSES.that(resideInAPackage(ROOT + "linux.."))) {
      open.addAll(provider.getAllRawInterfaces());
    }
    while (!open.isEmpty()) {
      JavaClass type = open.remove();
      if (type.getPackageName().startsWith(ROOT) && asked.add(type)) {
        type.getCodeUnits().forEach(code -> open.addAll(code.getAllInvolvedRawTypes()));
        CLASSES.stream()
            .filter(nested -> nested.getEnclosingClass().filter(type::equals).isPresent())
            .forEach(open::add);
      }
    }
    return describe("belong to an interface that linux implements", asked::contains);
  }

  @Test
  void whatDecidesIsNotAmongTheInterfacesThatLinuxImplements() {
    assertThat(CLASSES.that(implementedByLinux().and(resideInAPackage(ROOT + "retire.."))))
        .extracting(JavaClass::getSimpleName)
        .contains("ProcessRef", "Signal", "Opened", "Moment")
        .doesNotContain("Sweep", "Retirement", "Outcome", "Verdict", "SweepReport");
  }

  @Test
  void onlyLinuxCallsForeignFunctions() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "linux..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.foreign.."));
  }

  @Test
  void nobodyUsesTheCommandLine() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + "cli..", "picocli.."));
  }

  @Test
  void fastcgiStandsAlone() {
    holds(
        noClasses()
            .that()
            .resideInAPackage(ROOT + "fastcgi..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.kidreaper..")
                    .and(DescribedPredicate.not(resideInAPackage(ROOT + "fastcgi..")))));
  }

  /** It is given addresses and ways to connect, and asks neither the kernel nor a pool. */
  @Test
  void gatewayKnowsFastcgiOnly() {
    holds(knowsOnly("gateway", "fastcgi"));
  }

  @Test
  void demoKnowsFastcgiOnly() {
    holds(knowsOnly("demo", "fastcgi"));
  }

  /** It puts a pool, the gateway and the demo's workers together, as the command line does. */
  @Test
  void onlyTheCommandLineKnowsTheShow() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + "show..", ROOT + "cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "show.."));
  }

  /** Figures and their names, and nothing of what they are of. */
  @Test
  void metricsKnowsNothing() {
    holds(knowsOnly("metrics"));
  }

  /** Keys and places; what a key means is the command line's. */
  @Test
  void configKnowsNothing() {
    holds(knowsOnly("config"));
  }

  /** It is the loop for managed pools too, so it may not know them. */
  @Test
  void watchKnowsNoManagedPool() {
    holds(
        knowsOnly(
            "watch", "memory", "pool", "policy", "retire", "server", "linux", "control",
            "metrics"));
  }

  @Test
  void embedKnowsWhatAPoolIsMadeOfAndNoFace() {
    holds(knowsOnly("embed", "memory", "policy", "retire", "control", "run", "linux", "fastcgi"));
  }

  @Test
  void packagesHaveNoCycles() {
    holds(slices().matching(ROOT + "(*)..").should().beFreeOfCycles());
  }

  /**
   * Whoever sets the clock back must not hold up a pool: decisions go by the monotonic clock, and
   * the wall clock is for what people read.
   */
  @Test
  void theWallClockIsForPeopleOnly() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(
                ROOT + "run..",
                ROOT + "watch..",
                ROOT + "manager..",
                ROOT + "linux..",
                ROOT + "cli..",
                ROOT + "embed..")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "watch.Bulletin")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "run.RunLog")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "run.PoolTelling")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + "run.Standing")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(OffsetDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .callConstructor(Date.class));
  }

  /** Time is handed in, so that a test's own can run as fast as it likes. */
  @ParameterizedTest
  @ValueSource(strings = {"memory", "pool", "policy", "retire", "explain"})
  void noClockIsReadWhereTimeIsHandedIn(String room) {
    holds(
        noClasses()
            .that()
            .resideInAPackage(ROOT + room + "..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDate.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(OffsetDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .callMethodWhere(
                describe(
                    "Clock.system or Thread.sleep",
                    call ->
                        (call.getTargetOwner().isEquivalentTo(Clock.class)
                                && (call.getName().startsWith("system")
                                    || call.getName().startsWith("tick")))
                            || (call.getTargetOwner().isEquivalentTo(Thread.class)
                                && call.getName().equals("sleep")))));
  }

  /** Asking the kernel for a file is as bad as asking it for the time. */
  @ParameterizedTest
  @ValueSource(strings = {"memory", "pool", "policy", "retire", "explain"})
  void noFileIsOpenedAndNoProcessStartedThere(String room) {
    holds(
        noClasses()
            .that()
            .resideInAPackage(ROOT + room + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.nio..", "java.net..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Process.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ProcessBuilder.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ProcessHandle.class));
  }

  /** Depends on itself, on the rooms named, and on nothing else of ours. */
  private static ArchRule knowsOnly(String room, String... others) {
    String[] allowed =
        Stream.concat(Stream.of(room), Stream.of(others))
            .map(name -> ROOT + name + "..")
            .toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(ROOT + room + "..")
        .should()
        .onlyDependOnClassesThat(
            DescribedPredicate.not(resideInAPackage("io.kidreaper.."))
                .or(resideInAnyPackage(allowed)));
  }

  private static void holds(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }

  @Test
  void theRulesCanFail() {
    assertThat(
            knowsOnly("retire", "memory", "pool")
                .allowEmptyShould(true)
                .evaluate(CLASSES)
                .hasViolation())
        .as("retire knows policy")
        .isTrue();
    assertThat(
            knowsOnly("linux", "memory", "pool")
                .allowEmptyShould(true)
                .evaluate(CLASSES)
                .hasViolation())
        .as("linux implements interfaces of retire")
        .isTrue();
  }
}
