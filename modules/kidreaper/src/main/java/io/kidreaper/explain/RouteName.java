package io.kidreaper.explain;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A request as a kind of request: method and path, with numbers in the path folded, so that {@code
 * /user/42} and {@code /user/43} are one. A number that is a part of a word stays: {@code /v2}.
 *
 * @param path with the query behind it where that was asked for
 */
public record RouteName(String method, String path) implements Comparable<RouteName> {
  private static final Pattern IDENTIFIER =
      Pattern.compile(
          "\\d+|(?=[^/]*\\d)[0-9a-fA-F]{8,}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern NUMBER_AFTER_MARK = Pattern.compile("(?<=[-_.~=])\\d+(?=$|[-_.~])");
  private static final int LONGEST = 120;

  /** Requests whose target could not be read. */
  public static final RouteName UNREAD = new RouteName("?", "(not read)");

  /**
   * @param withQuery whether what stands behind the question mark is kept
   */
  public static RouteName of(RequestHead head, boolean withQuery) {
    String target = head.target();
    int query = target.indexOf('?');
    String path = folded(query < 0 ? target : target.substring(0, query));
    String whole = withQuery && query >= 0 ? path + target.substring(query) : path;
    return new RouteName(printable(head.method(), 16), printable(whole, LONGEST));
  }

  private static String folded(String path) {
    return Arrays.stream(path.split("/", -1))
        .map(part ->
            IDENTIFIER.matcher(part).matches()
                ? "*"
                : NUMBER_AFTER_MARK.matcher(part).replaceAll("*"))
        .collect(Collectors.joining("/"));
  }

  private static String printable(String text, int longest) {
    String shown = text.replaceAll("[^\\x20-\\x7e]", "?");
    return shown.length() <= longest ? shown : shown.substring(0, longest - 3) + "...";
  }

  @Override
  public int compareTo(RouteName other) {
    int byPath = path.compareTo(other.path);
    return byPath != 0 ? byPath : method.compareTo(other.method);
  }
}
