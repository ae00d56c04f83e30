package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The kernel gives a list by the page, so a short read says nothing about its end. */
class LongProcFileTest {
  private static final int KERNEL_PAGE_BYTES = 4096;

  @Test
  void aListOfSeveralPagesIsReadToItsEnd() {
    ProcFs proc = new ProcFs(new NativeLibc(), Path.of("/proc"));

    assertThat(proc.bytes("self/maps"))
        .isInstanceOfSatisfying(
            ProcRead.Found.class,
            found -> {
              byte[] text = (byte[]) found.value();
              assertThat(text.length).isGreaterThan(2 * KERNEL_PAGE_BYTES);
              assertThat(ProcFs.text(text)).contains("[heap]").contains("[stack]");
            });
  }
}
