package io.kidreaper.cli;

import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where a managed pool listens: the options of the sockets. */
final class ListenFlags {
  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      converter = Address.class,
      description = {
        "where the workers take connections; may be said several times, the first is their"
            + " descriptor 0:",
        "unix:/run/app.sock  a socket file; a stale one is replaced, a live one never",
        "unix:@app           a name in the abstract space",
        "127.0.0.1:9000, [::1]:9000",
        "fd:0                a socket that was left open (spawn-fcgi)",
        "(default: what systemd passed in LISTEN_FDS)"
      })
  private List<ListenAddress> listen = new ArrayList<>();

  @Option(
      names = "--backlog",
      paramLabel = "N",
      defaultValue = "1024",
      description =
          "connections that may wait to be accepted; the kernel cuts it to net.core.somaxconn"
              + " (default: ${DEFAULT-VALUE})")
  private int backlog = 1024;

  @Option(
      names = "--socket-mode",
      paramLabel = "MODE",
      defaultValue = "0660",
      converter = Octal.class,
      description = "permissions of a socket file, octal (default: ${DEFAULT-VALUE})")
  private int socketMode = 0660;

  @Option(
      names = "--socket-owner",
      paramLabel = "USER:GROUP",
      description = "owner of a socket file: www-data, www-data:www-data or :www-data")
  private @Nullable String socketOwner;

  List<ListenAddress> addresses() {
    return List.copyOf(listen);
  }

  ListenOptions options() {
    String owner = Optional.ofNullable(socketOwner).orElse("");
    int colon = owner.indexOf(':');
    String user = colon < 0 ? owner : owner.substring(0, colon);
    String group = colon < 0 ? "" : owner.substring(colon + 1);
    if (backlog < 1) {
      throw new TypeConversionException("--backlog " + backlog + ": at least 1 has to fit");
    }
    return new ListenOptions(
        backlog,
        socketMode,
        Optional.of(user).filter(name -> !name.isEmpty()),
        Optional.of(group).filter(name -> !name.isEmpty()));
  }

  /** Reads an address, or says what one looks like. */
  static final class Address implements ITypeConverter<ListenAddress> {
    @Override
    public ListenAddress convert(String word) {
      return switch (ListenAddress.parse(word)) {
        case ListenAddress.Parsed.Address(ListenAddress address) -> address;
        case ListenAddress.Parsed.Refused(String reason) ->
            throw new TypeConversionException(reason);
      };
    }
  }

  /** Reads permission bits. */
  static final class Octal implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String word) {
      if (!word.matches("0?[0-7]{1,3}")) {
        throw new TypeConversionException(
            "'" + word + "' is not a mode; write octal digits, for example 0660");
      }
      return Integer.parseInt(word, 8);
    }
  }
}
