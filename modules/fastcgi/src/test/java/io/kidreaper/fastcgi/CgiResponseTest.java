package io.kidreaper.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CgiResponseTest {
  @Test
  void headersAndBodyAreTakenApart() throws Exception {
    CgiResponse response = read("Status: 404 Gone Fishing\r\nX:  a \r\nx: b\r\n\r\nbody\r\n\r\n");
    assertThat(response.status()).isEqualTo(404);
    assertThat(response.headers()).containsExactly(java.util.Map.entry("X", List.of("a", "b")));
    assertThat(response.body().readAllBytes()).asString(UTF_8).isEqualTo("body\r\n\r\n");
  }

  @Test
  void bareNewlinesWillDo() throws Exception {
    CgiResponse response = read("Content-type: text/plain\n\nbody");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body().readAllBytes()).asString(UTF_8).isEqualTo("body");
  }

  @Test
  void aLocationAloneIsARedirect() throws Exception {
    assertThat(read("Location: /x\n\n").status()).isEqualTo(302);
    assertThat(read("Location: /x\nStatus: 201\n\n").status()).isEqualTo(201);
  }

  @Test
  void whatIsNoCgiResponseIsRefused() {
    refused("ended within its CGI headers", "");
    refused("ended within its CGI headers", "Status: 200\r\n");
    refused("not a CGI header: 'hello'", "hello\n\n");
    refused("not a CGI status: 'fine'", "Status: fine\n\n");
    refused("not a CGI status: '999'", "Status: 999\n\n");
    refused("larger than", "X: " + "v".repeat(CgiResponse.MAX_HEADER_BYTES) + "\n\n");
  }

  private static void refused(String message, String stdout) {
    assertThatThrownBy(() -> read(stdout))
        .isInstanceOf(FastCgiProtocolException.class)
        .hasMessageContaining(message);
  }

  private static CgiResponse read(String stdout) throws IOException {
    return CgiResponse.read(new ByteArrayInputStream(stdout.getBytes(UTF_8)));
  }
}
