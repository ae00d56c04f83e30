package io.kidreaper.fastcgi;

/**
 * What one connection may ask of a responder. The first three numbers are also what GET_VALUES
 * (section 4.1) tells a web server.
 *
 * @param maxConnections the connections that the application serves at once, 1 or more
 *     (FCGI_MAX_CONNS)
 * @param maxRequests the requests that it serves at once, over all connections, 1 or more
 *     (FCGI_MAX_REQS)
 * @param maxRequestsPerConnection the requests at once on one connection, 1 to 65535; with 1 it
 *     does not multiplex (FCGI_MPXS_CONNS)
 * @param maxParamsBytes the most that one request's parameters may take, encoded, in bytes
 * @param maxParams the most parameters that one request may have
 */
public record ResponderLimits(
    int maxConnections,
    int maxRequests,
    int maxRequestsPerConnection,
    int maxParamsBytes,
    int maxParams) {
  /** What a server uses unless told otherwise. */
  public static final ResponderLimits DEFAULT =
      new ResponderLimits(10_000, 10_000, 16, 256 * 1024, 4_096);

  public ResponderLimits {
    atLeastOne("maxConnections", maxConnections);
    atLeastOne("maxRequests", maxRequests);
    atLeastOne("maxRequestsPerConnection", maxRequestsPerConnection);
    atLeastOne("maxParamsBytes", maxParamsBytes);
    atLeastOne("maxParams", maxParams);
    if (maxRequestsPerConnection > 65_535) {
      throw new IllegalArgumentException(
          "maxRequestsPerConnection is " + maxRequestsPerConnection + ", not within 1 to 65535");
    }
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", not 1 or more");
    }
  }
}
