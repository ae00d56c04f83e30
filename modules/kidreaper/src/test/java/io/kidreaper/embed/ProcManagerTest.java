package io.kidreaper.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.memory.ByteSize;
import io.kidreaper.run.state.PoolName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProcManagerTest {
  @Test
  void itsDefaultsAreThoseOfPerl() {
    ProcManagerSettings settings = ProcManager.builder().settings();
    assertThat(settings.processes()).isEqualTo(1);
    assertThat(settings.listen()).isEqualTo(new ListenAddress.Inherited(0));
    assertThat(settings.dieTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(settings.pidfile()).isEmpty();
    assertThat(settings.maxSize()).isEmpty();
    assertThat(settings.maxRequests()).isEmpty();
    assertThat(settings.stateFolder()).isEmpty();
  }

  @Test
  void everySettingArrives() {
    assertThat(
            ProcManager.builder()
                .name("shop")
                .nProcesses(5)
                .listen("127.0.0.1:9000")
                .pidFname(Path.of("/run/shop.pid"))
                .dieTimeout(Duration.ofSeconds(7))
                .maxSize("150M")
                .maxRequests(1_000)
                .stateFolder(Path.of("/run/shop"))
                .settings())
        .isEqualTo(
            new ProcManagerSettings(
                new PoolName("shop"),
                5,
                new ListenAddress.Tcp("127.0.0.1", 9_000),
                Optional.of(Path.of("/run/shop.pid")),
                Duration.ofSeconds(7),
                Optional.of(ByteSize.parse("150M")),
                OptionalLong.of(1_000),
                Optional.of(Path.of("/run/shop"))));
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    ProcManagerBuilder builder = ProcManager.builder();
    assertThatIllegalArgumentException().isThrownBy(() -> builder.nProcesses(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxRequests(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxSize("0"));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.listen("/run/app.sock"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.dieTimeout(Duration.ofSeconds(-1)));
  }

  @Test
  void aPoolIsCalledAfterItsProgram() {
    assertThat(name("org.example.Shop -x")).isEqualTo("Shop");
    assertThat(name("/opt/shop-1.2.jar a.b")).isEqualTo("shop-1.2");
    assertThat(name("module/org.example.Shop")).isEqualTo("Shop");
    assertThat(name("")).isEqualTo("java");
  }

  @Test
  void nobodyServesBeforeManage() {
    ProcManager manager = ProcManager.builder().build();
    assertThat(manager.role()).isEqualTo(Role.MANAGER);
    assertThatIllegalStateException().isThrownBy(manager::preDispatch);
    assertThatIllegalStateException().isThrownBy(() -> manager.serve((_, _) -> {}));
  }

  private static String name(String javaCommand) {
    return ProcManagerSettings.defaultName(javaCommand).text();
  }
}
