package io.kidreaper.testbed;

/**
 * Writes nginx's configuration. No request is ever tried again on another connection ({@code
 * next_upstream off}), so what a worker loses, the client sees.
 */
final class NginxConfig {
  private NginxConfig() {}

  static String of(RunningServer pool, NginxOptions options, int port) {
    return """
    daemon off;
    user root;
    worker_processes %d;
    pid nginx.pid;
    error_log stderr error;
    events { worker_connections 2048; }
    http {
      access_log off;
      default_type application/octet-stream;
      client_body_temp_path tmp/body;
      proxy_temp_path tmp/proxy;
      fastcgi_temp_path tmp/fastcgi;
      uwsgi_temp_path tmp/uwsgi;
      scgi_temp_path tmp/scgi;
      client_max_body_size 64m;
          client_body_buffer_size 1m;
      keepalive_timeout 3600s;
      keepalive_requests 100000000;
      upstream pool {
        server %s max_fails=0;
        %s
      }
      server {
        listen 127.0.0.1:%d backlog=1024;
        location / {
          %s
        }
      }
    }
    """
        .formatted(
            options.workers(),
            pool.listen().nginxAddress(),
            options.upstreamKeepAlive() == 0
                ? ""
                : "keepalive " + options.upstreamKeepAlive() + ";",
            port,
            location(pool, options));
  }

  private static String location(RunningServer pool, NginxOptions options) {
    return switch (pool.server().traits().protocol()) {
      case FASTCGI ->
          """
          fastcgi_pass pool;
          fastcgi_next_upstream off;
          fastcgi_keep_conn %s;
          fastcgi_param SCRIPT_FILENAME "%s";
          fastcgi_param SCRIPT_NAME "";
          fastcgi_param PATH_INFO $uri;
          """
                  .formatted(
                      options.upstreamKeepAlive() == 0 ? "off" : "on",
                      pool.script().map(Object::toString).orElse(""))
              + parameters("fastcgi_param");
      case UWSGI ->
          """
          uwsgi_pass pool;
          uwsgi_next_upstream off;
          uwsgi_param PATH_INFO $uri;
          """
              + parameters("uwsgi_param");
      case HTTP ->
          """
          proxy_pass http://pool;
          proxy_next_upstream off;
          proxy_set_header Host $host;
          %s
          """
              .formatted(
                  options.upstreamKeepAlive() == 0
                      ? ""
                      : "proxy_http_version 1.1; proxy_set_header Connection \"\";");
    };
  }

  private static String parameters(String directive) {
    return """
    %1$s GATEWAY_INTERFACE CGI/1.1;
    %1$s SERVER_SOFTWARE nginx;
    %1$s REQUEST_METHOD $request_method;
    %1$s REQUEST_URI $request_uri;
    %1$s QUERY_STRING $query_string;
    %1$s CONTENT_TYPE $content_type;
    %1$s CONTENT_LENGTH $content_length;
    %1$s SERVER_PROTOCOL $server_protocol;
    %1$s SERVER_NAME $server_name;
    %1$s SERVER_PORT $server_port;
    %1$s REMOTE_ADDR $remote_addr;
    """
        .formatted(directive);
  }
}
