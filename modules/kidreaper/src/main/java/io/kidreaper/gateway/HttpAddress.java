package io.kidreaper.gateway;

/**
 * Where the gateway listens, as people write it: {@code PORT}, {@code HOST:PORT} or {@code
 * [V6]:PORT}.
 *
 * @param host a name or an address literal, a v6 one without its brackets
 * @param port 0 (the kernel picks one) to 65535
 */
public record HttpAddress(String host, int port) {
  /**
   * Who asks from elsewhere has to be let in by name: the gateway is no web server for the world.
   */
  public static final String LOOPBACK = "127.0.0.1";

  /** What came of reading an address. */
  public sealed interface Parsed {
    record Address(HttpAddress address) implements Parsed {}

    /**
     * @param reason a sentence that names the argument and shows one that would do
     */
    record Refused(String reason) implements Parsed {}
  }

  /** Reads an address; nothing is resolved or opened. */
  public static Parsed parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? LOOPBACK : text.substring(0, colon);
    String port = text.substring(colon + 1);
    boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty() || host.equals("*")) {
      return refused(text, "does not say on which address", "0.0.0.0:" + port);
    }
    if (host.contains(":") != bracketed) {
      return refused(
          text, "has an IPv6 address without brackets, or brackets for none", "[::1]:80");
    }
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
      return refused(text, "has no port from 0 to 65535", "8080");
    }
    return new Parsed.Address(new HttpAddress(host, Integer.parseInt(port)));
  }

  private static Parsed refused(String text, String fault, String example) {
    return new Parsed.Refused(
        "HTTP address \"%s\" %s; write it like %s".formatted(text, fault, example));
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
