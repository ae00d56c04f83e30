package io.kidreaper.control;

/**
 * The bounds of a {@link ControlServer}.
 *
 * @param ourUserId our effective user id
 * @param mostConnections at one time
 * @param mostFollowers of them that may stay
 * @param idleMillis after which a client that asks nothing is sent away
 * @param writeMillis after which a client that does not read its answer is sent away
 */
record ServerSettings(
    int ourUserId, int mostConnections, int mostFollowers, long idleMillis, long writeMillis) {
  static ServerSettings of(int ourUserId) {
    return new ServerSettings(
        ourUserId, ControlServer.MOST_CONNECTIONS, ControlServer.MOST_FOLLOWERS, 60_000, 10_000);
  }
}
