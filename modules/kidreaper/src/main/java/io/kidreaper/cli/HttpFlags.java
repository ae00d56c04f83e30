package io.kidreaper.cli;

import io.kidreaper.gateway.HttpAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Serving HTTP straight from a managed pool, for development. */
final class HttpFlags {
  @Option(
      names = "--http",
      paramLabel = "[HOST:]PORT",
      converter = Address.class,
      description =
          "serve HTTP straight from the pool, for development: no web server is needed, and no"
              + " --listen (HOST is 127.0.0.1 if it is not said)")
  private @Nullable HttpAddress http;

  @Option(
      names = "--static",
      paramLabel = "DIR",
      description = "with --http: files that are served before the pool is asked")
  private @Nullable Path staticDirectory;

  @Option(
      names = "--script",
      paramLabel = "FILE",
      description =
          "with --http: the one script that every request is for (SCRIPT_FILENAME), as PHP needs it")
  private @Nullable Path script;

  /** What of it was asked for. */
  record Http(HttpAddress address, Optional<Path> staticDirectory, Optional<Path> script) {}

  Optional<Http> http() {
    if (http == null) {
      if (staticDirectory != null || script != null) {
        throw new TypeConversionException("--static and --script go with --http");
      }
      return Optional.empty();
    }
    return Optional.of(
        new Http(
            http,
            Optional.ofNullable(staticDirectory).map(Path::toAbsolutePath),
            Optional.ofNullable(script).map(Path::toAbsolutePath)));
  }

  /** An address as a browser takes it. */
  static String words(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /** Reads an address, or says what one looks like. */
  static final class Address implements ITypeConverter<HttpAddress> {
    @Override
    public HttpAddress convert(String word) {
      return switch (HttpAddress.parse(word)) {
        case HttpAddress.Parsed.Address(HttpAddress address) -> address;
        case HttpAddress.Parsed.Refused(String reason) -> throw new TypeConversionException(reason);
      };
    }
  }
}
