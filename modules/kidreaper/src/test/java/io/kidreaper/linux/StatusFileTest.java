package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusFileTest {
  @Test
  void readsTheEffectiveUserNotTheRealOne() {
    byte[] text = KernelText.fileWith("worker.status", "Uid", "1000\t33\t1000\t34");

    assertThat(StatusFile.parse(text))
        .isEqualTo(new StatusFile(33, OptionalLong.of(0), 0x1fffeffffffL));
  }

  @Test
  void readsWhatIsInSwap() {
    byte[] text = KernelText.fileWith("worker.status", "VmSwap", "   20480 kB");

    assertThat(StatusFile.parse(text).swappedBytes()).hasValue(20480 * 1024);
  }

  @Test
  void aZombieHasNoSwapRatherThanNone() {
    assertThat(StatusFile.parse(KernelText.file("zombie.status")))
        .isEqualTo(new StatusFile(0, OptionalLong.empty(), 0x1fffeffffffL));
  }

  /** The kernel writes a line break in a name as two letters here, so a name is always one line. */
  @Test
  void aNameCannotPassForAnotherLine() {
    byte[] text = KernelText.fileWith("odd-name.status", "Name", "x\\\\nUid: 7 7 7 7");

    assertThat(StatusFile.parse(text).effectiveUserId()).isZero();
  }

  @Test
  void theLargestUserIdIsRead() {
    byte[] text =
        KernelText.fileWith("worker.status", "Uid", "0\t4294967294\t4294967294\t4294967294");

    assertThat(Integer.toUnsignedString(StatusFile.parse(text).effectiveUserId()))
        .isEqualTo("4294967294");
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker.status", "odd-name.status", "zombie.status"})
  void cutAnywhereItIsRefusedOrRight(String file) {
    byte[] text = KernelText.file(file);
    StatusFile whole = StatusFile.parse(text);

    int accepted =
        KernelText.cutAnywhere(
            text,
            StatusFile::parse,
            part ->
                part.effectiveUserId() == whole.effectiveUserId()
                    && part.effectiveCapabilities() == whole.effectiveCapabilities()
                    && (part.swappedBytes().isEmpty()
                        || part.swappedBytes().equals(whole.swappedBytes())));

    assertThat(accepted).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0 x 0 0", "0 4294967296 0 0", "0 -1 0 0", "root root"})
  void aUserThatIsNoneIsRefused(String uids) {
    assertThatThrownBy(() -> StatusFile.parse(KernelText.fileWith("worker.status", "Uid", uids)))
        .isInstanceOf(MalformedProcFileException.class)
        .hasMessageContaining("Uid");
  }

  @Test
  void tellsWhichCapabilitiesItHas() {
    StatusFile status =
        StatusFile.parse(KernelText.fileWith("worker.status", "CapEff", "8000000000080001"));

    assertThat(status.hasCapability(0)).isTrue();
    assertThat(status.hasCapability(19)).as("CAP_SYS_PTRACE").isTrue();
    assertThat(status.hasCapability(63)).isTrue();
    assertThat(status.hasCapability(1)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "10000000000000000"})
  void capabilitiesThatAreNoneAreRefused(String bits) {
    assertThatThrownBy(() -> StatusFile.parse(KernelText.fileWith("worker.status", "CapEff", bits)))
        .isInstanceOf(MalformedProcFileException.class)
        .hasMessageContaining("CapEff");
  }
}
