package io.kidreaper.linux.trace;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.trace.Architecture.Interrupted;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The register layouts, the marks of an interrupted call, and the order of the writes. */
class ArchitectureTest {
  private static final long PC = 0x7f00_0000_1000L;
  private static final CallLine UNSEEN = new CallLine.Elsewhere();

  private final Architecture x86 = new X86Sixty4();
  private final Architecture arm = new Aarch64();

  private static MemorySegment x86Registers(long number, long result) {
    MemorySegment registers = Arena.ofAuto().allocate(216, 8);
    registers.set(JAVA_LONG, 120, number);
    registers.set(JAVA_LONG, 80, result);
    registers.set(JAVA_LONG, 128, PC);
    return registers;
  }

  private static MemorySegment armRegisters(long number, long x0, long pc) {
    MemorySegment registers = Arena.ofAuto().allocate(272, 8);
    registers.set(JAVA_LONG, 64, number);
    registers.set(JAVA_LONG, 0, x0);
    registers.set(JAVA_LONG, 256, pc);
    return registers;
  }

  /** A program whose one system call instruction is at PC. */
  private static int program(long address) {
    return address == PC ? 0xd4000001 : 0xd503201f;
  }

  @ParameterizedTest
  @ValueSource(longs = {-512, -513, -514, -516})
  void aCallThatTheKernelWillBeginAgainWasWaiting(long result) {
    assertThat(x86.whatWasInterrupted(x86Registers(43, result), a -> 0))
        .isEqualTo(new Interrupted.CallBroken(43));
  }

  @ParameterizedTest
  @CsvSource({"43, 7", "43, -11", "7, -4", "0, 0"})
  void aCallWithAResultIsDone(long number, long result) {
    assertThat(x86.whatWasInterrupted(x86Registers(number, result), a -> 0))
        .isEqualTo(new Interrupted.CallDone(number));
  }

  @Test
  void outsideACallTheProgramRan() {
    assertThat(x86.whatWasInterrupted(x86Registers(-1, -512), a -> 0))
        .isEqualTo(new Interrupted.InProgram());
  }

  /** epoll_wait fails with EINTR when a tracer stops it, though no handler runs. */
  @Test
  void anEintrOfTheTracersMakingIsTakenBack() {
    MemorySegment registers = x86Registers(232, -4);

    assertThat(x86.whatWasInterrupted(registers, a -> 0))
        .isEqualTo(new Interrupted.CallBroken(232));
    assertThat(x86.beginAgain(registers, UNSEEN)).isTrue();
    assertThat(registers.get(JAVA_LONG, 80)).isEqualTo(-514);
  }

  @Test
  void aResultThatIsNoEintrStays() {
    assertThat(x86.beginAgain(x86Registers(232, 1), UNSEEN)).isFalse();
    assertThat(x86.beginAgain(x86Registers(3, -4), UNSEEN)).isFalse();
  }

  @Test
  void anArmCallSetBackToItsInstructionWasWaiting() {
    assertThat(arm.whatWasInterrupted(armRegisters(202, 3, PC), ArchitectureTest::program))
        .isEqualTo(new Interrupted.CallBroken(202));
  }

  @Test
  void anArmCallBehindItsInstructionIsDone() {
    assertThat(arm.whatWasInterrupted(armRegisters(202, 9, PC + 4), ArchitectureTest::program))
        .isEqualTo(new Interrupted.CallDone(202));
  }

  @Test
  void anArmTaskElsewhereRanItsProgram() {
    assertThat(arm.whatWasInterrupted(armRegisters(202, 9, PC + 64), ArchitectureTest::program))
        .isEqualTo(new Interrupted.InProgram());
  }

  @Test
  void anArmEintrIsTakenBackWithTheArgumentSeenBefore() {
    MemorySegment registers = armRegisters(22, -4, PC + 4);

    assertThat(arm.whatWasInterrupted(registers, ArchitectureTest::program))
        .isEqualTo(new Interrupted.CallBroken(22));
    assertThat(arm.beginAgain(registers, new CallLine.InCall(22, 5, 0, PC + 4))).isTrue();
    assertThat(registers.get(JAVA_LONG, 0)).isEqualTo(5);
    assertThat(registers.get(JAVA_LONG, 256)).isEqualTo(PC);
  }

  @Test
  void anArmEintrStaysWhereTheArgumentIsNotKnown() {
    assertThat(arm.beginAgain(armRegisters(22, -4, PC + 4), UNSEEN)).isFalse();
    assertThat(
            arm.beginAgain(armRegisters(22, -4, PC + 4), new CallLine.InCall(22, 5, 0, PC + 400)))
        .isFalse();
  }

  @Test
  void fromLinux616TheArmCallIsSkippedInOneWrite() {
    FakeCalls calls = new FakeCalls(true);

    assertThat(arm.skipAtEntry(calls, 1, armRegisters(202, 3, PC + 4), 202)).isZero();

    assertThat(calls.writes).containsExactly("info op=1 nr=-1");
  }

  /** The other order would let accept return its own first argument if the tracer died. */
  @Test
  void beforeThatTheArmResultIsWrittenBeforeTheNumber() {
    FakeCalls calls = new FakeCalls(false);

    assertThat(arm.skipAtEntry(calls, 1, armRegisters(202, 3, PC + 4), 202)).isZero();

    assertThat(calls.writes)
        .containsExactly("registers x0=-4 pc=%x".formatted(PC + 4), "set 404=-1");
  }

  @Test
  void theArmCallIsMadeToLookInterruptedWithoutAHalfMoment() {
    FakeCalls calls = new FakeCalls(true);

    assertThat(arm.interruptAtExit(calls, 1, armRegisters(202, -38, PC + 4), 202)).isZero();

    assertThat(calls.writes)
        .containsExactly(
            "registers x0=-4 pc=%x".formatted(PC + 4),
            "set 404=202",
            "registers x0=-514 pc=%x".formatted(PC + 4));
  }

  @Test
  void theArgumentsOfAnInterruptedCallAreInTheirRegisters() {
    MemorySegment onX86 = x86Registers(7, -514);
    onX86.set(JAVA_LONG, 112, 0x7f00_1000L); // rdi
    onX86.set(JAVA_LONG, 104, 3); // rsi
    MemorySegment onArm = armRegisters(73, 0x7f00_1000L, PC);
    onArm.set(JAVA_LONG, 8, 3); // x1

    assertThat(x86.call(7, onX86)).isEqualTo(new WaitCall(7, 0x7f00_1000L, 3));
    assertThat(arm.call(73, onArm)).isEqualTo(new WaitCall(73, 0x7f00_1000L, 3));
  }

  @Test
  void everyWaitCallIsOfOneKind() {
    for (Architecture architecture : new Architecture[] {x86, arm}) {
      Syscalls calls = architecture.syscalls();
      assertThat(calls.waits()).containsAll(calls.selects()).containsAll(calls.epollWaits());
      assertThat(calls.selects()).doesNotContainAnyElementsOf(calls.epollWaits());
      assertThat(calls.accepts())
          .doesNotContainAnyElementsOf(calls.selects())
          .doesNotContainAnyElementsOf(calls.epollWaits());
    }
  }

  @Test
  void theNewerCallsHaveOneNumberEverywhere() {
    for (Architecture architecture : new Architecture[] {x86, arm}) {
      assertThat(architecture.syscalls().waits()).contains(441L); // epoll_pwait2
      assertThat(architecture.syscalls().closes()).contains(436L); // close_range
      assertThat(architecture.syscalls().waits()).containsAll(architecture.syscalls().accepts());
    }
  }

  private static final long SP = 0x7fff_0000_2000L;
  private static final long[] ARGUMENTS = {3, 11, 12, 13, 14, 15};

  private static MemorySegment x86AtEntry() {
    MemorySegment registers = x86Registers(43, -38);
    registers.set(JAVA_LONG, 152, SP);
    int[] offsets = {112, 104, 96, 56, 72, 64};
    for (int i = 0; i < offsets.length; i++) {
      registers.set(JAVA_LONG, offsets[i], ARGUMENTS[i]);
    }
    return registers;
  }

  private static MemorySegment armAtEntry(long number) {
    MemorySegment registers = armRegisters(number, 0, PC + 4);
    registers.set(JAVA_LONG, 248, SP);
    for (int i = 0; i < ARGUMENTS.length; i++) {
      registers.set(JAVA_LONG, i * 8L, ARGUMENTS[i]);
    }
    return registers;
  }

  @Test
  void theArgumentsAreFoundInTheirOrder() {
    for (int i = 0; i < ARGUMENTS.length; i++) {
      assertThat(x86.argument(x86AtEntry(), i)).isEqualTo(ARGUMENTS[i]);
      assertThat(arm.argument(armAtEntry(202), i)).isEqualTo(ARGUMENTS[i]);
    }
  }

  /** Number, arguments and the instruction's address, below the red zone of 128 bytes. */
  @Test
  void theBlockHasWhatTheStubOfX86Pops() {
    MemorySegment home = x86AtEntry();

    assertThat(x86.blockAddress(home)).isEqualTo(SP - 128 - 64);
    assertThat(x86.block(home, 43)).containsExactly(43, 3, 11, 12, 13, 14, 15, PC - 2);
  }

  /** In the order of the stub's loads; the last word is there for the stack's alignment only. */
  @Test
  void theBlockHasWhatTheStubOfArmLoads() {
    MemorySegment home = armAtEntry(202);

    assertThat(arm.blockAddress(home)).isEqualTo(SP - 64);
    assertThat(arm.blockAddress(home) % 16).isZero();
    assertThat(arm.block(home, 202)).containsExactly(3, 11, 12, 13, 14, 15, 202, 0);
  }

  /** As {@code as} and {@code objdump} of binutils have them. */
  @ParameterizedTest
  @CsvSource({
    "0x1000, 14000be7", // 0x1014 to 0x3fb0
    "0x7000, 17fff3e7", // 0x7014 back to 0x3fb0
  })
  void theArmStubBranchesToTheCallInstruction(String at, String branch) {
    MemorySegment home = armRegisters(202, 3, 0x3fb4);

    assertThat(arm.stub(Long.decode(at), home).orElseThrow())
        .asHexString()
        .isEqualToIgnoringCase("010000D4E007C1A8E20FC1A8E417C1A8E80741F8" + littleEndian(branch));
  }

  private static String littleEndian(String word) {
    return word.substring(6) + word.substring(4, 6) + word.substring(2, 4) + word.substring(0, 2);
  }

  @Test
  void anArmStubOutOfReachIsNone() {
    MemorySegment home = armRegisters(202, 3, PC + 4);

    assertThat(arm.stub(PC - (1L << 27) - 20 + 4, home)).isPresent();
    assertThat(arm.stub(PC - (1L << 27) - 20, home)).isEmpty();
    assertThat(arm.stub(PC + (1L << 27) - 20, home)).isPresent();
    assertThat(arm.stub(PC + (1L << 27) - 20 + 4, home)).isEmpty();
  }

  /** With the number first, accept would return its own first argument if the tracer died. */
  @Test
  void anArmTaskIsSentToTheStubWithTheRegistersFirst() {
    FakeCalls calls = new FakeCalls(true);

    assertThat(arm.aim(calls, 1, 202, armAtEntry(202), 0x1000, SP - 64, 220, 17)).isZero();

    assertThat(calls.writes).containsExactly("registers x0=17 pc=1000", "set 404=-1");
  }

  /** With clone's arguments it would wait for nothing, for ever. */
  @Test
  void anArmPollIsFirstMadeACallThatDoesNotExist() {
    FakeCalls calls = new FakeCalls(true);

    assertThat(arm.aim(calls, 1, 73, armAtEntry(73), 0x1000, SP - 64, 220, 17)).isZero();

    assertThat(calls.writes)
        .containsExactly("set 404=32767", "registers x0=17 pc=1000", "set 404=-1");
  }

  @Test
  void anArmTaskInTheStubIsSentAgainInOneWrite() {
    FakeCalls calls = new FakeCalls(true);

    assertThat(arm.aim(calls, 1, -1, armAtEntry(220), 0x1000, SP - 64, 157)).isZero();

    assertThat(calls.writes).containsExactly("registers x0=0 pc=1000");
  }

  @Test
  void cloneHasItsLastTwoArgumentsTheOtherWayRoundOnArm() {
    assertThat(x86.cloneArguments(17, 99)).containsExactly(17, 0, 0, 99, 0);
    assertThat(arm.cloneArguments(17, 99)).containsExactly(17, 0, 0, 0, 99);
  }
}
