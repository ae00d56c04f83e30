package io.kidreaper.linux.socket;

import java.nio.charset.StandardCharsets;

/** Where a pool listens, as people write it. {@code toString} gives back what parses. */
public sealed interface ListenAddress {
  /** Bytes that {@code sun_path} has for a path, its closing NUL left out: {@code unix(7)}. */
  int MAX_UNIX_BYTES = 107;

  /**
   * {@code host:port} or {@code [v6]:port}.
   *
   * @param host a name or an address literal, a v6 one without its brackets
   * @param port 0 (the kernel picks one) to 65535
   */
  record Tcp(String host, int port) implements ListenAddress {
    @Override
    public String toString() {
      return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
    }
  }

  /** {@code unix:PATH}: a socket file. */
  record UnixPath(String path) implements ListenAddress {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /** {@code unix:@NAME}: a name in the kernel's abstract space, which no file stands for. */
  record UnixAbstract(String name) implements ListenAddress {
    @Override
    public String toString() {
      return "unix:@" + name;
    }
  }

  /**
   * {@code fd:N}: a listening socket that whoever started kidreaper left open, as spawn-fcgi does
   * at 0 and systemd from 3 on.
   */
  record Inherited(int fd) implements ListenAddress {
    @Override
    public String toString() {
      return "fd:" + fd;
    }
  }

  /** What came of reading an address. */
  sealed interface Parsed {
    record Address(ListenAddress address) implements Parsed {}

    /**
     * @param reason a sentence that names the argument and shows one that would do
     */
    record Refused(String reason) implements Parsed {}
  }

  /** Reads an address of any form; nothing is resolved or opened. */
  static Parsed parse(String text) {
    if (text.startsWith("unix:")) {
      return unix(text, text.substring("unix:".length()));
    }
    if (text.startsWith("fd:")) {
      int fd = number(text.substring("fd:".length()));
      return fd < 0
          ? refused(text, "needs the number of an open descriptor", "fd:0")
          : new Parsed.Address(new Inherited(fd));
    }
    if (text.startsWith("/")) {
      return refused(text, "is a path without unix: before it", "unix:" + text);
    }
    return text.startsWith("[") ? v6(text) : tcp(text);
  }

  private static Parsed unix(String text, String rest) {
    boolean isAbstract = rest.startsWith("@");
    String name = isAbstract ? rest.substring(1) : rest;
    if (name.isEmpty()) {
      return refused(text, "names no socket", isAbstract ? "unix:@app" : "unix:/run/app.sock");
    }
    if (name.indexOf('\0') >= 0) {
      return refused(text, "holds a NUL byte", "unix:/run/app.sock");
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_UNIX_BYTES) {
      return refused(
          text,
          "is %d bytes long and the kernel takes %d at most".formatted(bytes, MAX_UNIX_BYTES),
          "unix:/run/app.sock");
    }
    if (!isAbstract && name.endsWith("/")) {
      return refused(text, "names a directory", text + "app.sock");
    }
    return new Parsed.Address(isAbstract ? new UnixAbstract(name) : new UnixPath(name));
  }

  private static Parsed v6(String text) {
    int close = text.indexOf("]:");
    if (close < 0) {
      return refused(text, "has no ]:PORT at its end", "[::1]:9000");
    }
    String host = text.substring(1, close);
    if (!host.contains(":")) {
      return refused(text, "has brackets around what is no IPv6 address", "[::1]:9000");
    }
    return withPort(text, host, text.substring(close + 2), "[::1]:9000");
  }

  private static Parsed tcp(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return refused(
          text,
          "has neither a port nor unix: before it",
          number(text) >= 0 ? "127.0.0.1:" + text : "127.0.0.1:9000 or unix:/run/app.sock");
    }
    String host = text.substring(0, colon);
    String port = text.substring(colon + 1);
    if (host.isEmpty() || host.equals("*")) {
      // FastCGI knows no password: to be open to every network is a thing to be said in full.
      return refused(
          text,
          "does not say on which address",
          "127.0.0.1:%1$s for this machine alone, or 0.0.0.0:%1$s for every network"
              .formatted(port.isEmpty() ? "9000" : port));
    }
    if (host.contains(":")) {
      return refused(text, "is an IPv6 address without brackets", "[" + host + "]:" + port);
    }
    return withPort(text, host, port, host + ":9000");
  }

  private static Parsed withPort(String text, String host, String port, String example) {
    int number = number(port);
    return number < 0 || number > 65535
        ? refused(text, "has no port from 0 to 65535", example)
        : new Parsed.Address(new Tcp(host, number));
  }

  /** The number that the text is, or −1: never a sign, a space or more than six digits. */
  private static int number(String text) {
    return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : -1;
  }

  private static Parsed refused(String text, String fault, String example) {
    return new Parsed.Refused(
        "listen address \"%s\" %s; write it like %s".formatted(text, fault, example));
  }
}
