package io.kidreaper.linux.socket;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Addresses as the kernel writes them ({@code ip(7)}, {@code ipv6(7)}, {@code unix(7)}):
 *
 * <pre>
 * struct sockaddr_in  { u16 family; u16 port (big endian); u8 address[4]; u8 zero[8]; }
 * struct sockaddr_in6 { u16 family; u16 port (big endian); u32 flow; u8 address[16]; u32 scope; }
 * struct sockaddr_un  { u16 family; char path[108]; }   an abstract name begins with a NUL and has no end mark
 * </pre>
 */
final class SocketAddressBytes {
  private SocketAddressBytes() {}

  static byte[] tcp(InetAddress host, int port) {
    return switch (host) {
      case Inet6Address v6 ->
          buffer(28, SocketCalls.AF_INET6)
              .putShort(portBytes(port))
              .putInt(0)
              .put(v6.getAddress())
              .putInt(v6.getScopeId())
              .array();
      case Inet4Address v4 ->
          buffer(16, SocketCalls.AF_INET).putShort(portBytes(port)).put(v4.getAddress()).array();
      default -> throw new IllegalArgumentException("neither IPv4 nor IPv6: " + host);
    };
  }

  static byte[] unixPath(String path) {
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    return buffer(2 + bytes.length + 1, SocketCalls.AF_UNIX).put(bytes).array();
  }

  static byte[] unixAbstract(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return buffer(2 + 1 + bytes.length, SocketCalls.AF_UNIX).put((byte) 0).put(bytes).array();
  }

  /** What a socket's own name says, or nothing for a family or form that we do not listen on. */
  static Optional<ListenAddress> read(byte[] sockaddr) {
    if (sockaddr.length <= 2) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(sockaddr).order(ByteOrder.nativeOrder());
    return switch (in.getShort()) {
      case SocketCalls.AF_INET -> inet(in, 2, 4);
      case SocketCalls.AF_INET6 -> inet(in, 6, 16);
      case SocketCalls.AF_UNIX -> Optional.of(unix(sockaddr));
      default -> Optional.empty();
    };
  }

  private static Optional<ListenAddress> inet(ByteBuffer in, int skip, int bytes) {
    int port = portBytes(in.getShort()) & 0xffff;
    byte[] address = new byte[bytes];
    in.position(2 + skip).get(address);
    try {
      return Optional.of(
          new ListenAddress.Tcp(shorter(InetAddress.getByAddress(address).getHostAddress()), port));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes + " bytes", e);
    }
  }

  /** As people write it: zeros in a row of an IPv6 address left out, once. */
  private static String shorter(String host) {
    return host.replaceFirst("(^|:)0(:0)+(:|$)", "::");
  }

  private static ListenAddress unix(byte[] sockaddr) {
    if (sockaddr[2] == 0) {
      return new ListenAddress.UnixAbstract(text(Arrays.copyOfRange(sockaddr, 3, sockaddr.length)));
    }
    int end = 2;
    while (end < sockaddr.length && sockaddr[end] != 0) {
      end++;
    }
    return new ListenAddress.UnixPath(text(Arrays.copyOfRange(sockaddr, 2, end)));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static ByteBuffer buffer(int bytes, int family) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder()).putShort((short) family);
  }

  /** A port in network order, as the native-order buffers above will store it; its own inverse. */
  private static short portBytes(int port) {
    return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
        ? (short) port
        : Short.reverseBytes((short) port);
  }
}
