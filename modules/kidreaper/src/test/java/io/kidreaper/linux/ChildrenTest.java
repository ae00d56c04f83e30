package io.kidreaper.linux;

import static io.kidreaper.linux.KernelText.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChildrenTest {
  private static final String STAT =
      "%d (%s) S %d 1 1 0 -1 64 0 0 0 0 0 0 0 0 20 0 1 0 99 4096 1 \n";

  @TempDir private Path root;

  @Test
  void readsThePidsInAnyOrder() {
    assertThat(Children.parse(bytes("1718 1720 1719 "))).containsExactly(1718, 1719, 1720);
    assertThat(Children.parse(bytes(""))).isEmpty();
  }

  @Test
  void cutAnywhereItNamesNoStranger() {
    byte[] text = bytes("1718 17 4194303 ");
    Set<Integer> children = Set.of(1718, 17, 4194303);

    int accepted = KernelText.cutAnywhere(text, Children::parse, children::containsAll);

    assertThat(accepted).as("empty, and before and after two of the blanks").isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x ", "-17 ", "4294967313 ", "18446744073709551615 ", "17;18 "})
  void whatIsNoPidIsRefused(String text) {
    assertThatThrownBy(() -> Children.parse(bytes(text)))
        .isInstanceOf(MalformedProcFileException.class);
  }

  @Test
  void childrenOfEveryThreadCount() {
    FakeProc proc =
        new FakeProc(root)
            .file("10/task/10/children", "20 ")
            .file("10/task/11/children", "21 ")
            .folder("10/task/12");

    assertThat(new Children(proc.fs()).of(10)).isEqualTo(new ProcRead.Found<>(Set.of(20, 21)));
  }

  @Test
  void aKernelWithoutTheFileIsAskedForTheParentsOfAll() {
    FakeProc proc =
        new FakeProc(root)
            .file("10/stat", STAT.formatted(10, "manager", 1))
            .file("20/stat", STAT.formatted(20, "a) S 7 (b", 10))
            .file("21/stat", STAT.formatted(21, "other", 1))
            .file("22/stat", "cut short")
            .folder("23")
            .file("uptime", "1.0 2.0\n");

    assertThat(new Children(proc.fs()).of(10)).isEqualTo(new ProcRead.Found<>(Set.of(20)));
  }

  @Test
  void aProcessThatHasEndedHasNoList() {
    assertThat(new Children(new FakeProc(root).fs()).of(10))
        .isEqualTo(new ProcRead.Gone<Set<Integer>>());
  }

  @Test
  void aListThatCannotBeReadIsNotAnEmptyOne() {
    FakeProc proc = new FakeProc(root).folder("10/task/10/children");

    assertThat(Reads.failure(new Children(proc.fs()).of(10))).contains("10/task/10/children");
  }
}
