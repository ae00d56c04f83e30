package io.kidreaper.linux.socket;

import io.kidreaper.linux.Errno;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Tells systemd, or whoever speaks its protocol, how we are: one datagram of {@code KEY=value}
 * lines to the socket that NOTIFY_SOCKET names ({@code sd_notify(3)}). Stateless; safe from any
 * thread; never waits for a supervisor that does not read.
 */
public final class SdNotify {
  /** What to leave out of a worker's environment: they speak for kidreaper's pid. */
  public static final List<String> VARIABLES =
      List.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID");

  /** What came of one message. */
  public sealed interface Sent {
    record Delivered() implements Sent {}

    /** Nobody asked to be told: NOTIFY_SOCKET is not set. */
    record NobodyListens() implements Sent {}

    record Failed(String reason) implements Sent {}
  }

  private final Optional<String> address;

  private SdNotify(Optional<String> address) {
    this.address = address;
  }

  public static SdNotify from(Map<String, String> environment) {
    return new SdNotify(
        Optional.ofNullable(environment.get("NOTIFY_SOCKET")).filter(name -> !name.isEmpty()));
  }

  /** The pool serves. */
  public Sent ready(String status) {
    return send("READY=1\nMAINPID=" + ProcessHandle.current().pid() + "\n" + statusLine(status));
  }

  /** A restart of the pool has begun; {@link #ready} ends it. */
  public Sent reloading(long monotonicMicros) {
    return send("RELOADING=1\nMONOTONIC_USEC=" + monotonicMicros);
  }

  /** The end has begun. */
  public Sent stopping(String status) {
    return send("STOPPING=1\n" + statusLine(status));
  }

  /** The sentence that {@code systemctl status} shows. */
  public Sent status(String status) {
    return send(statusLine(status));
  }

  /** We are alive; due at least every {@link #watchdogMicros}. */
  public Sent watchdog() {
    return send("WATCHDOG=1");
  }

  /** From now on that process is the one to watch: how a service changes hands. */
  public Sent mainPid(long pid) {
    return send("MAINPID=" + pid);
  }

  /**
   * How often the supervisor wants to hear from us, in microseconds; tell it twice as often. Empty
   * where it does not want to, or wants to hear from another process.
   */
  public static OptionalLong watchdogMicros(Map<String, String> environment, long pid) {
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    String forPid = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
    return micros.matches("[1-9][0-9]{0,17}") && forPid.equals(Long.toString(pid))
        ? OptionalLong.of(Long.parseLong(micros))
        : OptionalLong.empty();
  }

  private static String statusLine(String status) {
    // A line break would begin a variable of its own.
    return "STATUS=" + status.replaceAll("\\R", " ");
  }

  private Sent send(String message) {
    if (address.isEmpty()) {
      return new Sent.NobodyListens();
    }
    String name = address.get();
    if (!name.startsWith("/") && !name.startsWith("@")) {
      return new Sent.Failed(
          "NOTIFY_SOCKET=\"" + name + "\" is neither a path nor an @abstract name");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > ListenAddress.MAX_UNIX_BYTES) {
      return new Sent.Failed("NOTIFY_SOCKET is longer than a socket's name can be");
    }
    byte[] to =
        name.startsWith("@")
            ? SocketAddressBytes.unixAbstract(name.substring(1))
            : SocketAddressBytes.unixPath(name);
    int socket =
        SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_DGRAM | SocketCalls.SOCK_NONBLOCK);
    if (socket < 0) {
      return new Sent.Failed("no socket: " + Errno.describe(-socket));
    }
    int sent = SocketCalls.sendTo(socket, message.getBytes(StandardCharsets.UTF_8), to);
    SocketCalls.close(socket);
    return sent < 0
        ? new Sent.Failed("NOTIFY_SOCKET " + name + ": " + Errno.describe(-sent))
        : new Sent.Delivered();
  }
}
