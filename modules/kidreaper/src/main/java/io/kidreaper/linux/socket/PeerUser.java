package io.kidreaper.linux.socket;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;

/**
 * Who is at the other end of a unix socket: SO_PEERCRED, {@code unix(7)}, as the kernel wrote it
 * when the peer connected. A file's mode alone would not do: the socket may lie in a folder that
 * others can reach, and a descriptor may have been handed on.
 */
public final class PeerUser {
  private PeerUser() {}

  /**
   * Whether the peer runs as this user, or as root.
   *
   * @param ourUserId our effective user id, 0 or above
   * @throws IOException if the channel is closed or is no unix socket's
   */
  public static boolean isOursOrRoot(SocketChannel peer, int ourUserId) throws IOException {
    UserPrincipal who = peer.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    return who.equals(user(ourUserId)) || who.equals(user(0));
  }

  /** By number: principals compare by it, and a number that is no user's name is taken as one. */
  private static UserPrincipal user(int id) throws IOException {
    return FileSystems.getDefault()
        .getUserPrincipalLookupService()
        .lookupPrincipalByName(Integer.toString(id));
  }
}
