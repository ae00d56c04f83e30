package io.kidreaper.testbed.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That a load sees everything that can be wrong with an answer, and asks nothing twice. */
@Timeout(60)
class LoadTest {
  private static final String HELLO = "hello, world\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\n" + HELLO,
        """
        HTTP/1.1 200 OK\r
        Transfer-Encoding: chunked\r
        Connection: close\r
        \r
        5\r
        hello\r
        8\r
        , world
        \r
        0\r
        \r
        """,
        "HTTP/1.1 200 OK\r\n\r\n" + HELLO,
      })
  void aRightAnswerIsOkHoweverItIsFramed(String answer) throws IOException {
    assertThat(outcomeOf(answer)).isEqualTo(Outcome.OK);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nhello, worle\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello, world",
        "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\nhello, world\n\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 13\r\n\r\n" + HELLO,
        "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
      })
  void aWholeAnswerThatIsNotTheRightOneIsWrong(String answer) throws IOException {
    assertThat(outcomeOf(answer)).isEqualTo(Outcome.WRONG);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nhello, world",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\nhello, world\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\nhello",
        "nonsense\r\n\r\n",
      })
  void anAnswerThatEndsEarlyIsCut(String answer) throws IOException {
    assertThat(outcomeOf(answer)).isEqualTo(Outcome.CUT);
  }

  @Test
  void aStatusFrom500OnIsAServerError() throws IOException {
    assertThat(outcomeOf("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad"))
        .isEqualTo(Outcome.SERVER_ERROR);
  }

  @Test
  void anEchoHasToSayItsLength() throws IOException {
    try (ScriptedServer server = ScriptedServer.answering("HTTP/1.1 200 OK\r\n\r\n\0\0\0\7")) {
      LoadReport report = Load.on(server.address()).once(new Route.Echo(4, 7));

      assertThat(report.count(Outcome.WRONG)).isEqualTo(1);
      assertThat(report.losses().getFirst().detail()).contains("Content-Length");
    }
  }

  @Test
  void silenceIsNotWaitedForLongerThanThePatience() throws IOException {
    try (ScriptedServer server =
        ScriptedServer.fallingSilentAfter("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nhello, ")) {
      LoadReport report =
          Load.on(server.address())
              .within(Limits.usual().patience(Duration.ofSeconds(2)))
              .once(new Route.Hello());

      assertThat(report.count(Outcome.SILENT)).isEqualTo(1);
      assertThat(report.losses().getFirst().detail()).contains("after 46 bytes");
    }
  }

  @Test
  void aPortThatNobodyListensOnIsRefused() throws IOException {
    InetSocketAddress address;
    try (ScriptedServer server = ScriptedServer.answering("")) {
      address = server.address();
    }

    assertThat(Load.on(address).once(new Route.Hello()).count(Outcome.REFUSED)).isEqualTo(1);
  }

  @Test
  void aLostRequestIsNotSentAgain() throws IOException {
    try (ScriptedServer server = ScriptedServer.answering("")) {
      LoadReport report =
          Load.on(server.address())
              .of(Mix.only(new Route.Hello()))
              .connections(4)
              .within(Limits.usual().requests(50))
              .run();

      assertThat(report.lost()).isEqualTo(50);
      assertThat(report.losses()).hasSize(20);
      assertThat(server.requests()).isEqualTo(50);
    }
  }

  @Test
  void aTrickleThatIsStoppedDoesNotWaitForItsNextTurn() throws IOException {
    try (ScriptedServer server =
        ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + HELLO)) {
      RunningLoad load =
          Load.on(server.address())
              .of(Mix.only(new Route.Hello()))
              .connections(2)
              .every(Duration.ofHours(1))
              .start();

      assertThat(load.stop().lost()).isZero();
    }
  }

  @Test
  void wordsAreTheSeedAndMultiplesOfTheGoldenRatio() {
    assertThat(HexFormat.of().formatHex(Words.bytes(10, 1))).isEqualTo("000000019e3779b23c6e");
  }

  private static Outcome outcomeOf(String answer) throws IOException {
    try (ScriptedServer server = ScriptedServer.answering(answer)) {
      LoadReport report = Load.on(server.address()).once(new Route.Hello());
      assertThat(report.requests()).isEqualTo(1);
      return report.counts().keySet().iterator().next();
    }
  }
}
