package io.kidreaper.testbed;

/** The kinds of socket that a pool can listen on here. */
public enum SocketKind {
  /** A unix socket with a path in the test's directory. */
  UNIX,
  /** A port of 127.0.0.1. */
  TCP4,
  /** A port of ::1. */
  TCP6
}
