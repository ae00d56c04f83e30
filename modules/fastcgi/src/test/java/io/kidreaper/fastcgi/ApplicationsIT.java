package io.kidreaper.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against real applications: php-fpm, php-cgi and FCGI.pm. */
@Timeout(120)
class ApplicationsIT {
  private static final String PHP =
      """
      <?php
      switch ($_SERVER['QUERY_STRING'] ?? '') {
        case 'echo': header('Content-Type: application/octet-stream'); echo file_get_contents('php://input'); break;
        case 'missing': http_response_code(404); echo 'no such thing'; break;
        case 'slow': usleep(5000000); break;
        case 'stderr': error_log('this is for the log'); echo 'logged'; break;
        case 'megabyte': echo str_repeat('x', 1 << 20); break;
        default: echo 'hello ', $_SERVER['REQUEST_METHOD'], ' ', $_SERVER['HTTP_X_TEST'];
      }
      """;

  private static final String PERL =
      """
      use FCGI; binmode STDIN; my $socket = FCGI::OpenSocket($ARGV[0], 100);
      my $r = FCGI::Request(\\*STDIN, \\*STDOUT, \\*STDERR, \\%ENV, $socket);
      while ($r->Accept() >= 0) {
        my $q = $ENV{QUERY_STRING} // '';
        if ($q eq 'echo') {
          print "Content-Type: application/octet-stream\\r\\n\\r\\n";
          while (read(STDIN, my $piece, 65536)) { print $piece }
        } elsif ($q eq 'missing') { print "Status: 404 Not Found\\r\\n\\r\\nno such thing" }
        elsif ($q eq 'slow') { sleep 5 }
        elsif ($q eq 'stderr') { print STDERR "this is for the log\\n"; print "X: y\\r\\n\\r\\nlogged" }
        elsif ($q eq 'megabyte') { print "X: y\\r\\n\\r\\n", 'x' x (1 << 20) }
        else { print "X: y\\r\\n\\r\\nhello $ENV{REQUEST_METHOD} $ENV{HTTP_X_TEST}" }
      }
      """;

  @TempDir Path directory;

  @Test
  void phpFpm() throws Exception {
    SocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    Path config =
        Files.writeString(
            directory.resolve("fpm.conf"),
            """
            [global]
            daemonize = no
            error_log = /dev/stderr
            [www]
            listen = %s
            user = root
            group = root
            pm = static
            pm.max_children = 2
            """
                .formatted(address));
    List<String> command =
        List.of(Daemon.program("php-fpm", "php-fpm*"), "-F", "-R", "-n", "-y", config.toString());
    try (Daemon fpm = Daemon.start(directory, address, command)) {
      talk(address, fpm);
    }
  }

  @Test
  void phpCgi() throws Exception {
    InetSocketAddress address = Daemon.freePort();
    List<String> command =
        List.of(
            Daemon.program("php-cgi", "php-cgi*"), "-n", "-b", "127.0.0.1:" + address.getPort());
    try (Daemon cgi = Daemon.start(directory, address, command)) {
      talk(address, cgi);
    }
  }

  @Test
  void fcgiPm() throws Exception {
    SocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
    Path script = Files.writeString(directory.resolve("app.pl"), PERL);
    List<String> command = List.of(Daemon.program("perl"), script.toString(), address.toString());
    try (Daemon perl = Daemon.start(directory, address, command)) {
      talk(address, perl);
    }
  }

  private void talk(SocketAddress address, Daemon application) throws Exception {
    Files.writeString(directory.resolve("app.php"), PHP);
    for (int maxIdle : new int[] {0, 1}) {
      try (FastCgiClient client = FastCgiClient.builder(address).maxIdle(maxIdle).build()) {
        assertThat(call(client, request("GET", ""))).isEqualTo("200 hello GET größe");
        assertThat(call(client, request("GET", "missing"))).isEqualTo("404 no such thing");
        assertThat(call(client, request("GET", "megabyte")))
            .isEqualTo("200 " + "x".repeat(1 << 20));
        try (FastCgiReply reply = client.send(FastCgiCall.of(request("GET", "stderr")))) {
          assertThat(CgiResponse.read(reply.stdout()).body().readAllBytes())
              .asString(UTF_8)
              .isEqualTo("logged");
          assertThat(reply.end())
              .isEqualTo(new ClientEvent.Ended(0, ProtocolStatus.REQUEST_COMPLETE));
          assertThat(reply.stderr() + application.log()).contains("this is for the log");
        }
        for (int size : new int[] {0, 1, 20_000, 3_000_000}) {
          byte[] body = Seeds.bytes(new Random(size), size);
          Map<String, String> params = request("POST", "echo");
          params.put("CONTENT_LENGTH", "" + size);
          params.put("CONTENT_TYPE", "application/octet-stream");
          FastCgiCall call =
              FastCgiCall.of(params)
                  .withBody(
                      new java.io.SequenceInputStream(
                          new ByteArrayInputStream(body, 0, size / 2),
                          new ByteArrayInputStream(body, size / 2, size - size / 2)));
          try (FastCgiReply reply = client.send(call)) {
            assertThat(CgiResponse.read(reply.stdout()).body().readAllBytes()).isEqualTo(body);
          }
        }
      }
    }
    try (FastCgiClient impatient = FastCgiClient.builder(address).readMillis(100).build()) {
      assertThatThrownBy(() -> call(impatient, request("GET", "slow")))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  private Map<String, String> request(String method, String query) {
    Map<String, String> params = new HashMap<>();
    params.put("REQUEST_METHOD", method);
    params.put("QUERY_STRING", query);
    params.put("SCRIPT_FILENAME", directory.resolve("app.php").toString());
    params.put("HTTP_X_TEST", "größe");
    params.put("REDIRECT_STATUS", "200");
    return params;
  }

  private static String call(FastCgiClient client, Map<String, String> params) throws IOException {
    try (FastCgiReply reply = client.send(FastCgiCall.of(params))) {
      CgiResponse response = CgiResponse.read(reply.stdout());
      return response.status() + " " + new String(response.body().readAllBytes(), UTF_8);
    }
  }
}
