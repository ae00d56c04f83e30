package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.retire.At;
import io.kidreaper.retire.Escalation;
import io.kidreaper.retire.Signal;
import io.kidreaper.server.Recognition;
import io.kidreaper.server.Server;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SignalDecisionTest {
  private static final SignalChoice AUTO = new SignalChoice.Auto();
  private static final Recognition.Result CELERY =
      new Recognition.Result.HandsOff("celery", "Set worker_max_memory_per_child.");

  private static SignalDecision decide(
      Recognition.Result pool, SignalChoice signal, Optional<At> at, boolean force) {
    return SignalDecision.of(
        new RetireRequest(
            signal, at, Duration.ofSeconds(30), Duration.ofSeconds(60), Escalation.NONE, force),
        pool);
  }

  private static SignalDecision decide(Server server, SignalChoice signal, Optional<At> at) {
    return decide(new Recognition.Result.Known(server), signal, at, false);
  }

  private static SignalChoice named(Signal signal) {
    return new SignalChoice.Named(signal);
  }

  private static String refused(SignalDecision decision) {
    assertThat(decision).isInstanceOf(SignalDecision.Refuse.class);
    return ((SignalDecision.Refuse) decision).reason();
  }

  static Stream<Arguments> everySignalOfEveryServer() {
    return Arrays.stream(Server.values())
        .flatMap(server -> Arrays.stream(Signal.values()).map(s -> Arguments.of(server, s)));
  }

  /** By this alone nobody who leaves --signal out is ever refused. */
  @ParameterizedTest
  @EnumSource
  void autoIsTheServersOwnSignalWhichIsNeverRefused(Server server) {
    for (At at : At.values()) {
      assertThat(decide(server, AUTO, Optional.of(at)))
          .isEqualTo(new SignalDecision.Use(server.retires()));
    }
    assertThat(decide(server, AUTO, Optional.empty()))
        .isEqualTo(new SignalDecision.Use(server.retires()));
  }

  @ParameterizedTest
  @MethodSource("everySignalOfEveryServer")
  void aNamedSignalIsTakenAsItIsBetweenRequests(Server server, Signal signal) {
    SignalDecision use = new SignalDecision.Use(signal);

    assertThat(decide(server, named(signal), Optional.empty())).isEqualTo(use);
    assertThat(decide(server, named(signal), Optional.of(At.BOUNDARY))).isEqualTo(use);
    assertThat(decide(server, named(signal), Optional.of(At.IDLE))).isEqualTo(use);
  }

  @ParameterizedTest
  @MethodSource("everySignalOfEveryServer")
  void whatCutsRequestsIsRefusedAtAnyMomentUnlessForced(Server server, Signal signal) {
    Optional<At> any = Optional.of(At.ANY);
    SignalDecision plain = decide(server, named(signal), any);

    if (server.cutAtAnyMomentBy(signal)) {
      assertThat(refused(plain))
          .contains(signal.name(), server.label(), "--at any", "--signal " + server.retires())
          .contains("--force");
    } else {
      assertThat(plain).isEqualTo(new SignalDecision.Use(signal));
    }
    assertThat(decide(new Recognition.Result.Known(server), named(signal), any, true))
        .isEqualTo(new SignalDecision.Use(signal));
  }

  /** Each was seen to lose requests, as docs/SIGNALS.md tells. */
  @Test
  void theseAreKnownToCut() {
    assertThat(Server.PHP_FPM.cutAtAnyMomentBy(Signal.TERM)).isTrue();
    assertThat(Server.PHP_FPM.cutAtAnyMomentBy(Signal.USR2)).isTrue();
    assertThat(Server.GUNICORN.cutAtAnyMomentBy(Signal.QUIT)).isTrue();
    assertThat(Server.UWSGI.cutAtAnyMomentBy(Signal.TERM)).isTrue();
    assertThat(Server.UNICORN.cutAtAnyMomentBy(Signal.TERM)).isTrue();
    assertThat(Server.STARMAN.cutAtAnyMomentBy(Signal.TERM)).isTrue();
    assertThat(Server.APACHE.cutAtAnyMomentBy(Signal.TERM)).isTrue();
    assertThat(Server.FCGI_PM.cutAtAnyMomentBy(Signal.HUP)).isTrue();
    for (Server server : Server.values()) {
      assertThat(server.cutAtAnyMomentBy(Signal.KILL)).as(server.label()).isTrue();
    }
  }

  @Test
  void whereNoSignalIsSafeEveryOneIsRefusedAtEveryMoment() {
    for (At at : At.values()) {
      assertThat(refused(decide(CELERY, AUTO, Optional.of(at), false)))
          .contains("celery", "Set worker_max_memory_per_child.", "--force");
      assertThat(refused(decide(CELERY, named(Signal.TERM), Optional.of(at), false)))
          .contains("celery");
    }
    assertThat(refused(decide(CELERY, AUTO, Optional.empty(), false))).contains("celery");
  }

  @Test
  void byForceItIsTheNamedSignalElseTerm() {
    assertThat(decide(CELERY, named(Signal.QUIT), Optional.empty(), true))
        .isEqualTo(new SignalDecision.Use(Signal.QUIT));
    assertThat(decide(CELERY, AUTO, Optional.empty(), true))
        .isEqualTo(new SignalDecision.Use(Signal.TERM));
  }
}
