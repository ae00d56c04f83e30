package io.kidreaper.gateway;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a gateway serves, and where.
 *
 * @param listen where it listens for HTTP
 * @param upstreams the pool's addresses, tried in turn; at least one
 * @param staticDirectory whose files are served before the pool is asked
 * @param documentRoot DOCUMENT_ROOT, an absolute path
 * @param script the one script of an application that needs SCRIPT_FILENAME, as PHP does; without
 *     it, SCRIPT_FILENAME is the document root and the request's path
 * @param software SERVER_SOFTWARE: {@code kidreaper/VERSION}
 */
public record GatewaySettings(
    HttpAddress listen,
    List<Upstream> upstreams,
    Optional<Path> staticDirectory,
    Path documentRoot,
    Optional<Path> script,
    String software,
    GatewayLimits limits) {
  public GatewaySettings {
    upstreams = List.copyOf(upstreams);
    if (upstreams.isEmpty()) {
      throw new IllegalArgumentException("a gateway needs an address to send requests to");
    }
    if (!documentRoot.isAbsolute()) {
      throw new IllegalArgumentException("the document root is not absolute: " + documentRoot);
    }
  }

  /** Serves one pool, with everything else as usual and the working directory as document root. */
  public static GatewaySettings of(HttpAddress listen, Upstream upstream) {
    return new GatewaySettings(
        listen,
        List.of(upstream),
        Optional.empty(),
        Path.of("").toAbsolutePath(),
        Optional.empty(),
        "kidreaper",
        GatewayLimits.DEFAULT);
  }

  /** The same, with static files, whose directory becomes the document root. */
  public GatewaySettings withStatic(Path directory) {
    return new GatewaySettings(
        listen,
        upstreams,
        Optional.of(directory),
        directory.toAbsolutePath(),
        script,
        software,
        limits);
  }

  /** The same, with one script for all requests. */
  public GatewaySettings withScript(Path file) {
    return new GatewaySettings(
        listen,
        upstreams,
        staticDirectory,
        documentRoot,
        Optional.of(file.toAbsolutePath()),
        software,
        limits);
  }

  /** The same, within other limits. */
  public GatewaySettings within(GatewayLimits others) {
    return new GatewaySettings(
        listen, upstreams, staticDirectory, documentRoot, script, software, others);
  }
}
