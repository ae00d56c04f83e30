package io.kidreaper.run.state;

import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.socket.FileId;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.pool.ProcessId;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** State folders of tests, and pools that are saved in them. */
final class Folders {
  static final PoolName SHOP = new PoolName("shop");
  static final int ME = new NativeLibc().effectiveUserId();

  private Folders() {}

  static StateFolder in(Path parent) {
    return switch (StateFolder.make(parent.resolve("state"), ME)) {
      case StateFolder.Opened.Open(StateFolder folder) -> folder;
      case StateFolder.Opened.Missing _, StateFolder.Opened.Refused _ ->
          throw new AssertionError("no state folder in " + parent);
    };
  }

  static SavedPool pool(int... workers) {
    return new SavedPool(
        SHOP,
        "0c3b8a2e-0000-4000-8000-000000000000",
        new ProcessId(4711, 31616),
        List.of("perl", "app.fcgi", "--title", "a \"b\"\n"),
        ME,
        List.of(
            new SavedPool.Listening(
                new ListenAddress.UnixPath("/run/shop.sock"), 1234, Optional.of(new FileId(9, 8))),
            new SavedPool.Listening(new ListenAddress.Tcp("::1", 9000), 1235, Optional.empty())),
        Arrays.stream(workers)
            .mapToObj(pid -> new SavedPool.Worker(new ProcessId(pid, 100L + pid), pid - 4700L, 2))
            .toList(),
        List.of(new ProcessId(4799, 31700)));
  }
}
