package io.kidreaper.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The responder behind real web servers: each is asked all that a web application lives on. */
@Timeout(120)
class WebServersIT {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<String> errors = new CopyOnWriteArrayList<>();

  @TempDir Path directory;

  @BeforeEach
  void letTheServersUserIn() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @Test
  void nginxOverUnixAndTcpWithAndWithoutKeptConnections() throws Exception {
    for (boolean unix : new boolean[] {true, false}) {
      for (boolean keep : new boolean[] {true, false}) {
        try (FastCgiServer server = server(unix)) {
          InetSocketAddress web = Daemon.freePort();
          Path config = nginx(web, server.address(), keep);
          try (Daemon nginx =
              Daemon.start(
                  directory,
                  web,
                  List.of(
                      Daemon.program("nginx"),
                      "-p",
                      directory.toString(),
                      "-c",
                      config.toString()))) {
            lifeOfAnApplication(web);
            assertThat(nginx.log()).contains("this is for the log").contains("as asked");
          }
        }
      }
    }
  }

  private Path nginx(InetSocketAddress web, SocketAddress application, boolean keep)
      throws IOException {
    return Files.writeString(
        directory.resolve("nginx.conf"),
        """
        daemon off; pid nginx.pid; error_log stderr notice; worker_processes 1;
        events { worker_connections 2048; }
        http {
          access_log off; client_max_body_size 100m; client_body_temp_path body;
          fastcgi_temp_path fastcgi; proxy_temp_path proxy; uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          upstream app { server %s; keepalive %d; }
          server {
            listen 127.0.0.1:%d;
            location / {
              include /etc/nginx/fastcgi_params;
              fastcgi_pass app; fastcgi_keep_conn %s; fastcgi_request_buffering off;
            }
          }
        }
        """
            .formatted(
                application instanceof InetSocketAddress tcp
                    ? "127.0.0.1:" + tcp.getPort()
                    : "unix:" + application,
                4,
                web.getPort(),
                keep ? "on" : "off"));
  }

  @Test
  void lighttpdOverUnixAndTcp() throws Exception {
    for (boolean unix : new boolean[] {true, false}) {
      try (FastCgiServer server = server(unix)) {
        InetSocketAddress web = Daemon.freePort();
        Path config =
            Files.writeString(
                directory.resolve("lighttpd.conf"),
                """
                server.modules = ("mod_fastcgi")
                server.document-root = "%s"
                server.bind = "127.0.0.1"
                server.port = %d
                server.errorlog = "/dev/stderr"
                server.stream-request-body = 2
                server.stream-response-body = 2
                fastcgi.server = ("/" => ((%s, "check-local" => "disable")))
                """
                    .formatted(
                        directory,
                        web.getPort(),
                        server.address() instanceof InetSocketAddress tcp
                            ? "\"host\" => \"127.0.0.1\", \"port\" => " + tcp.getPort()
                            : "\"socket\" => \"" + server.address() + "\""));
        try (Daemon lighttpd =
            Daemon.start(
                directory,
                web,
                List.of(Daemon.program("lighttpd"), "-D", "-f", config.toString()))) {
          lifeOfAnApplication(web);
          answerWhileTheBodyComes(web);
          assertThat(lighttpd.log()).contains("this is for the log").contains("as asked");
        }
      }
    }
  }

  @Test
  void apacheWithModProxyFcgi() throws Exception {
    try (FastCgiServer server = server(false)) {
      InetSocketAddress web = Daemon.freePort();
      String target = "fcgi://127.0.0.1:" + ((InetSocketAddress) server.address()).getPort() + "/";
      try (Daemon apache = apache(web, "proxy_fcgi", "ProxyPass / " + target + " enablereuse=on")) {
        lifeOfAnApplication(web);
        answerWhileTheBodyComes(web);
        assertThat(apache.log()).contains("this is for the log").contains("as asked");
      }
    }
  }

  /** Apache's mod_authnz_fcgi is the one web server module that still speaks to authorizers. */
  @Test
  void apacheAsksAnAuthorizer() throws Exception {
    try (FastCgiServer server =
        FastCgiServer.builder()
            .listenTcp(Wire.loopback())
            .authorizer((request, response) -> {
              boolean known = "secret".equals(request.param("REMOTE_PASSWD"));
              response.status(known ? 200 : 401);
            })
            .start()) {
      Files.writeString(directory.resolve("page"), "the page");
      InetSocketAddress web = Daemon.freePort();
      String config =
          """
          DocumentRoot %s
          AuthnzFcgiDefineProvider authnz app fcgi://127.0.0.1:%d/
          <Location />
            AuthType Basic
            AuthName x
            AuthBasicProvider app
            Require app
          </Location>
          """
              .formatted(directory, ((InetSocketAddress) server.address()).getPort());
      try (Daemon apache = apache(web, "authnz_fcgi", config)) {
        assertThat(apache.process().isAlive()).isTrue();
        assertThat(page(web, "secret").statusCode()).isEqualTo(200);
        assertThat(page(web, "secret").body()).isEqualTo("the page");
        assertThat(page(web, "wrong").statusCode()).isEqualTo(401);
      }
    }
  }

  private HttpResponse<String> page(InetSocketAddress web, String password) throws Exception {
    String credentials =
        java.util.Base64.getEncoder().encodeToString(("me:" + password).getBytes(UTF_8));
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.getPort() + "/page"))
            .header("Authorization", "Basic " + credentials)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private Daemon apache(InetSocketAddress web, String module, String rest) throws IOException {
    List<String> modules = new ArrayList<>();
    for (String name :
        List.of(
            "mpm_event", "authn_core", "authz_core", "auth_basic", "authz_user", "proxy", module)) {
      modules.add("LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so".formatted(name, name));
    }
    Path config =
        Files.writeString(
            directory.resolve("apache.conf"),
            """
            %s
            ServerRoot %s
            ServerName localhost
            PidFile apache.pid
            Mutex file:%s
            ErrorLog /dev/stderr
            Listen 127.0.0.1:%d
            User www-data
            Group www-data
            %s
            """
                .formatted(String.join("\n", modules), directory, directory, web.getPort(), rest));
    return Daemon.start(
        directory,
        web,
        List.of(Daemon.program("apache2"), "-DFOREGROUND", "-f", config.toString()));
  }

  @Test
  void cgiFcgiOfLibfcgi() throws Exception {
    for (boolean unix : new boolean[] {true, false}) {
      try (FastCgiServer server = server(unix)) {
        String address =
            server.address() instanceof InetSocketAddress tcp
                ? "127.0.0.1:" + tcp.getPort()
                : server.address().toString();
        assertThat(cgiFcgi(address, Map.of("REQUEST_METHOD", "GET", "HTTP_X_TEST", "test"), ""))
            .isEqualTo(
                "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello GET test");
        assertThat(
                cgiFcgi(
                    address,
                    Map.of("REQUEST_METHOD", "POST", "QUERY_STRING", "echo", "CONTENT_LENGTH", "4"),
                    "body"))
            .endsWith("\r\n\r\nbody");
      }
    }
  }

  private static String cgiFcgi(String address, Map<String, String> params, String body)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(Daemon.program("cgi-fcgi"), "-bind", "-connect", address);
    builder.environment().putAll(params);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    process.getOutputStream().write(body.getBytes(UTF_8));
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }

  private FastCgiServer server(boolean unix) throws IOException {
    FastCgiServerBuilder builder =
        FastCgiServer.builder()
            .responder(TestApplication::handle)
            .onError((what, error) -> errors.add(what + ": " + error));
    if (!unix) {
      return builder.listenTcp(Wire.loopback()).start();
    }
    Path socket = directory.resolve("s");
    FastCgiServer server = builder.listenUnix(socket).start();
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
    return server;
  }

  /** Not for nginx: it sends no more of a body once it has passed the answer's headers on. */
  private void answerWhileTheBodyComes(InetSocketAddress web) throws Exception {
    byte[] body = Seeds.bytes(new Random(0), 5_000_000);
    assertThat(bytes(web, "duplex", body)).isEqualTo(body);
  }

  private void lifeOfAnApplication(InetSocketAddress web) throws Exception {
    errors.clear();
    assertThat(text(web, "")).isEqualTo("200 hello GET test");
    assertThat(text(web, "missing")).isEqualTo("404 no such thing");
    assertThat(text(web, "redirect")).startsWith("303 ");
    assertThat(text(web, "stderr")).isEqualTo("200 logged");
    assertThat(text(web, "slow")).isEqualTo("200 begin,end");
    assertThat(text(web, "throw")).isEqualTo("500 500 Internal Server Error\n");
    assertThat(errors).singleElement().asString().contains("as asked");
    assertThat(bytes(web, "megabyte", null)).isEqualTo(new byte[1 << 20]);
    for (int size : new int[] {0, 1, 100_000, 5_000_000}) {
      byte[] body = Seeds.bytes(new Random(size), size);
      assertThat(bytes(web, "echo", body)).as("%d bytes", size).isEqualTo(body);
    }
    HttpResponse<String> head =
        http.send(request(web, "").HEAD().build(), HttpResponse.BodyHandlers.ofString());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    List<CompletableFuture<HttpResponse<String>>> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(http.sendAsync(request(web, "").build(), HttpResponse.BodyHandlers.ofString()));
    }
    for (CompletableFuture<HttpResponse<String>> one : many) {
      assertThat(one.get().body()).isEqualTo("hello GET test");
    }
  }

  private String text(InetSocketAddress web, String query) throws Exception {
    HttpResponse<byte[]> response =
        http.send(request(web, query).build(), HttpResponse.BodyHandlers.ofByteArray());
    return response.statusCode() + " " + new String(response.body(), UTF_8);
  }

  private byte[] bytes(
      InetSocketAddress web, String query, byte @org.jspecify.annotations.Nullable [] body)
      throws Exception {
    HttpRequest.Builder request = request(web, query);
    if (body != null) {
      request.POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()).body();
  }

  private static HttpRequest.Builder request(InetSocketAddress web, String query) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.getPort() + "/app?" + query))
        .header("X-Test", "test");
  }
}
