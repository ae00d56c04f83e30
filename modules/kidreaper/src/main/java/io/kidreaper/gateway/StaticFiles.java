package io.kidreaper.gateway;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The files of one directory. Whatever is not one of them is the application's: other methods,
 * names that begin with a dot, program sources, and what a symbolic link keeps outside of the
 * directory.
 */
final class StaticFiles {
  private static final int PIECE_BYTES = 64 * 1_024;

  /** Programs are for the application to run, not for others to read. */
  private static final Set<String> SOURCES =
      Set.of("php", "phtml", "pl", "pm", "cgi", "fcgi", "fpl", "psgi", "py", "rb", "sh", "inc");

  private final Path root;

  /**
   * @throws IOException if there is no such directory
   */
  StaticFiles(Path directory) throws IOException {
    this.root = directory.toRealPath();
    if (!Files.isDirectory(root)) {
      throw new IOException(directory + " is not a directory");
    }
  }

  /** Answers the request if it is for one of the files; otherwise does nothing and says false. */
  boolean serve(Visit visit, Target target) throws IOException {
    if (!visit.method().equals("GET") && !visit.isHead()) {
      return false;
    }
    Optional<Path> found = find(target.pathText());
    if (found.isEmpty()) {
      return false;
    }
    Path file = found.get();
    if (Files.isDirectory(file)) {
      Optional<Path> index = inside(file.resolve("index.html")).filter(Files::isRegularFile);
      if (index.isEmpty()) {
        return false;
      }
      if (!target.path().endsWith("/")) {
        // Without the slash, the page's relative links would lead elsewhere.
        String query = target.query().map(text -> "?" + text).orElse("");
        visit.exchange().getResponseHeaders().set("Location", lastOf(target.raw()) + "/" + query);
        visit.answer(301, "text/plain; charset=utf-8", new byte[0]);
        return true;
      }
      file = index.get();
    } else if (target.path().endsWith("/")) {
      return false;
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      return false;
    }
    send(visit, file);
    return true;
  }

  /** Relative, so that no path can be taken for another host: {@code //evil.example/} is one. */
  private static String lastOf(String rawPath) {
    return "./" + rawPath.substring(rawPath.lastIndexOf('/') + 1);
  }

  private Optional<Path> find(String path) {
    for (String name : path.split("/", -1)) {
      String end = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
      if (name.startsWith(".") || (name.contains(".") && SOURCES.contains(end))) {
        return Optional.empty();
      }
    }
    try {
      return inside(root.resolve(path.replaceFirst("^/+", "")));
    } catch (InvalidPathException noFileName) {
      return Optional.empty();
    }
  }

  /** The file itself, behind all links, if it is in the directory. */
  private Optional<Path> inside(Path path) {
    try {
      return Optional.of(path.toRealPath()).filter(real -> real.startsWith(root));
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  private static void send(Visit visit, Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      long bytes = channel.size();
      Instant modified = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
      Headers headers = visit.exchange().getResponseHeaders();
      Freshness freshness = new Freshness(modified.truncatedTo(ChronoUnit.MILLIS), bytes);
      headers.set("ETag", freshness.tag());
      headers.set("Last-Modified", freshness.lastModified());
      // The client keeps it, and asks each time: what is being worked on changes.
      headers.set("Cache-Control", "no-cache");
      if (freshness.holdsFor(visit.exchange().getRequestHeaders())) {
        visit.sendHead(304);
        visit.complete();
        return;
      }
      headers.set("Content-Type", ContentTypes.of(file.getFileName().toString()));
      headers.set("X-Content-Type-Options", "nosniff");
      if (visit.isHead()) {
        headers.set("Content-Length", "" + bytes);
        visit.sendHead(200);
      } else {
        visit.begin(200, bytes);
        pump(visit, Channels.newInputStream(channel), bytes);
      }
      visit.complete();
    }
  }

  private static void pump(Visit visit, InputStream in, long bytes) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    long left = bytes;
    while (left > 0) {
      int count = in.read(piece, 0, (int) Math.min(piece.length, left));
      if (count < 0) {
        throw new CutException("the file became shorter while it was sent");
      }
      visit.send(piece, 0, count);
      left -= count;
    }
  }
}
