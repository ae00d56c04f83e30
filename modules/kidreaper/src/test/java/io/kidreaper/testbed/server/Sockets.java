package io.kidreaper.testbed.server;

import io.kidreaper.testbed.SocketKind;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** Which kinds of socket servers can listen on; a unix socket comes first where there is one. */
final class Sockets {
  static final Set<SocketKind> ALL = of(EnumSet.allOf(SocketKind.class));
  static final Set<SocketKind> UNIX_OR_TCP4 = of(EnumSet.of(SocketKind.UNIX, SocketKind.TCP4));
  static final Set<SocketKind> TCP = of(EnumSet.of(SocketKind.TCP4, SocketKind.TCP6));

  private Sockets() {}

  // An EnumSet keeps the order of the constants, which Set.of() does not.
  private static Set<SocketKind> of(EnumSet<SocketKind> kinds) {
    return Collections.unmodifiableSet(kinds);
  }
}
