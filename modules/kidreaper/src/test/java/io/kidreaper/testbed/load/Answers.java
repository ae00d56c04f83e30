package io.kidreaper.testbed.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/** Single requests whose answers the test wants to see. */
public final class Answers {
  private Answers() {}

  /** The pid of the worker that answers. */
  public static int pid(InetSocketAddress address) {
    return Integer.parseInt(text(address, new Route.Pid()).strip());
  }

  /**
   * The body of a right answer, as text.
   *
   * @throws IllegalStateException where it is not right
   */
  public static String text(InetSocketAddress address, Route route) {
    try (HttpConnection connection = HttpConnection.open(address, Limits.usual().patience())) {
      Answer answer = connection.send(route);
      answer
          .fault(route)
          .ifPresent(fault -> {
            throw new IllegalStateException(route.target() + ": " + fault);
          });
      return answer.text();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
