package io.kidreaper.linux;

import static io.kidreaper.linux.KernelText.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatFileTest {
  private static final String WORKER =
      "8286 (r) S 8285 8274 15209 0 -1 4194368 1297 0 0 0 0 0 0 0 20 0 1 0 345830 13934592 2935"
          + " 18446744073709551615 94597306966016 94597306966861 140736832933200 0 0 0 0 0 0 1 0 0"
          + " 17 0 0 0 0 0 0 94597306977744 94597306978408 94598228094976 140736832936699"
          + " 140736832936703 140736832936703 140736832937972 0\n";

  /** prctl(PR_SET_NAME) takes any bytes, also those that look like the fields behind the name. */
  private static final String ODD_NAME =
      "1718 (a) R 1 (b\nc )) S 1717 1708 15209 0 -1 4194368 18 0 0 0 0 0 0 0 20 0 1 0 316164"
          + " 7782400 1398 18446744073709551615 94853858312192 94853858312969 140728446103200 0 0 0"
          + " 0 0 0 1 0 0 17 0 0 0 0 0 0 94853858323920 94853858324592 94854834925568"
          + " 140728446106363 140728446106367 140728446106367 140728446107636 0\n";

  private static final String ZOMBIE =
      "1719 (w) Z 1717 1708 15209 0 -1 4227148 15 0 0 0 0 0 0 0 20 0 1 0 316164 0 0"
          + " 18446744073709551615 0 0 0 0 0 0 0 0 0 1 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

  private static final String KTHREADD =
      "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 30 0 0 18446744073709551615 0 0 0"
          + " 0 0 0 0 2147483647 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

  @Test
  void saysWhoAWorkerIs() {
    StatFile stat = StatFile.parse(bytes(WORKER));

    assertThat(stat).isEqualTo(new StatFile("r", 'S', 8285, 4194368, 1297, 1, 345830, 13934592));
    assertThat(stat.ended()).isFalse();
    assertThat(stat.kernelThread()).isFalse();
  }

  @Test
  void aNameWithBlanksParenthesesAndALineBreakMovesNoField() {
    assertThat(StatFile.parse(bytes(ODD_NAME)))
        .isEqualTo(new StatFile("a) R 1 (b\nc )", 'S', 1717, 4194368, 18, 1, 316164, 7782400));
  }

  @Test
  void aNameThatIsNotUtf8IsReplacedAndMovesNoField() {
    byte[] line = bytes(WORKER);
    line[WORKER.indexOf('r')] = (byte) 0xff;

    assertThat(StatFile.parse(line))
        .isEqualTo(new StatFile("\ufffd", 'S', 8285, 4194368, 1297, 1, 345830, 13934592));
  }

  @Test
  void aZombieHasEnded() {
    StatFile stat = StatFile.parse(bytes(ZOMBIE));

    assertThat(stat).isEqualTo(new StatFile("w", 'Z', 1717, 4227148, 15, 1, 316164, 0));
    assertThat(stat.ended()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(chars = {'X', 'x', 'Z'})
  void deadInEveryLetter(char state) {
    assertThat(StatFile.parse(bytes(WORKER.replace(") S ", ") " + state + " "))).ended()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(chars = {'R', 'S', 'D', 'T', 't', 'I', 'P'})
  void aliveInEveryLetter(char state) {
    assertThat(StatFile.parse(bytes(WORKER.replace(") S ", ") " + state + " "))).ended()).isFalse();
  }

  @Test
  void aKernelThreadIsOne() {
    StatFile stat = StatFile.parse(bytes(KTHREADD));

    assertThat(stat.kernelThread()).isTrue();
    assertThat(stat.parentPid()).isZero();
    assertThat(stat.vszBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {WORKER, ODD_NAME, ZOMBIE, KTHREADD})
  void cutAnywhereItIsRefusedOrRight(String line) {
    byte[] text = bytes(line);
    StatFile whole = StatFile.parse(text);

    int accepted = KernelText.cutAnywhere(text, StatFile::parse, whole::equals);

    assertThat(accepted).as("what is behind the last field wanted is not missed").isPositive();
  }

  @Test
  void theLargestSizeIsRead() {
    assertThat(StatFile.parse(bytes(WORKER.replace("13934592", "9223372036854775807"))).vszBytes())
        .isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999999999",
        "-1",
        "0x10",
        "1e3",
        "12\u00e934",
        "+1"
      })
  void aSizeThatIsNoneIsRefused(String vsz) {
    assertThatThrownBy(() -> StatFile.parse(bytes(WORKER.replace("13934592", vsz))))
        .isInstanceOf(MalformedProcFileException.class)
        .hasMessageContaining("field 23");
  }

  @Test
  void aParentThatNoPidCanBeIsRefused() {
    assertThatThrownBy(() -> StatFile.parse(bytes(WORKER.replace("8285", "4294967297"))))
        .isInstanceOf(MalformedProcFileException.class)
        .hasMessageContaining("field 4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "no such thing", "1 )x( S 1", "1 (x", "1 x) S 1 1 1", "()"})
  void garbageIsRefused(String text) {
    assertThatThrownBy(() -> StatFile.parse(bytes(text)))
        .isInstanceOf(MalformedProcFileException.class);
  }

  @Test
  void zerosAreRefused() {
    byte[] zeros = new byte[512];
    assertThatThrownBy(() -> StatFile.parse(zeros)).isInstanceOf(MalformedProcFileException.class);
    Arrays.fill(zeros, (byte) 0xff);
    assertThatThrownBy(() -> StatFile.parse(zeros)).isInstanceOf(MalformedProcFileException.class);
  }
}
