package io.kidreaper.embed;

import io.kidreaper.fastcgi.FastCgiRequest;
import io.kidreaper.fastcgi.FastCgiResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program with its manager built in, which answers some of the testbed's routes. */
final class Shop {
  private static final ConcurrentLinkedQueue<ByteBuffer> KEPT = new ConcurrentLinkedQueue<>();
  private static final Pattern KB = Pattern.compile("kb=([0-9]+)");

  private Shop() {}

  /**
   * Runs it.
   *
   * @param args listening address, folder for its state and pid file, then perhaps maxSize and
   *     maxRequests, a dash where there is none
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[1]);
    ProcManagerBuilder builder =
        ProcManager.builder()
            .name("shop")
            .nProcesses(2)
            .listen(args[0])
            .stateFolder(folder.resolve("state"))
            .pidFname(folder.resolve("shop.pid"));
    List<String> limits = List.of(args).subList(2, args.length);
    if (!limits.get(0).equals("-")) {
      builder.maxSize(limits.get(0));
    }
    if (!limits.get(1).equals("-")) {
      builder.maxRequests(Long.parseLong(limits.get(1)));
    }
    ProcManager manager = builder.build();
    manager.manage();
    System.out.println("a " + manager.role());
    manager.serve(Shop::answer);
    // Standard output is gone by now: the JDK points it at /dev/null with the inherited socket.
    System.err.println("served");
  }

  private static void answer(FastCgiRequest request, FastCgiResponse response) throws Exception {
    String path = request.params().getOrDefault("PATH_INFO", "");
    switch (path) {
      case "/hello" -> response.send("text/plain", "hello, world\n");
      case "/pid" -> response.send("text/plain", ProcessHandle.current().pid() + "\n");
      case "/leak" -> {
        Matcher kb = KB.matcher(request.params().getOrDefault("QUERY_STRING", ""));
        if (!kb.find()) {
          response.status(400).send("text/plain", "how much?\n");
          return;
        }
        int kilobytes = Integer.parseInt(kb.group(1));
        KEPT.add(ByteBuffer.allocateDirect(kilobytes * 1_024));
        response.send("text/plain", "leaked " + kilobytes + "\n");
      }
      default -> response.status(404).send("text/plain", "no " + path + "\n");
    }
  }
}
