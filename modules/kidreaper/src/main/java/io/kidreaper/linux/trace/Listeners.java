package io.kidreaper.linux.trace;

/** Tells a process's listening sockets from its other descriptors. */
interface Listeners {
  /** Whether a descriptor is one now. */
  boolean isListener(int fd);

  /** Whether a socket is one. */
  boolean isListenerInode(long inode);
}
