package io.kidreaper.run.state;

import io.kidreaper.control.Answer;
import io.kidreaper.control.ControlCommand;
import io.kidreaper.control.ControlHandler;
import io.kidreaper.control.ControlServer;
import io.kidreaper.control.EventHistory;
import io.kidreaper.control.FirstSeen;
import io.kidreaper.control.PoolStatus;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcRead;
import io.kidreaper.linux.StatFile;
import io.kidreaper.linux.process.SpawnRequest;
import io.kidreaper.linux.process.Spawned;
import io.kidreaper.linux.process.Spawner;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.linux.socket.Listeners;
import io.kidreaper.linux.socket.Opened;
import io.kidreaper.pool.ProcessId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A kidreaper that stands still, to be killed or to hand over: {@code FOLDER ON_TAKEOVER SCRIPT
 * COUNT}. It listens on FOLDER/s and on a TCP port, has COUNT workers that run the Perl SCRIPT, has
 * saved them, and then says their process ids on one line.
 */
final class FormerMain {
  /** What it does when it is asked to hand over. */
  enum OnTakeover {
    HAND_OVER,
    REFUSE,
    DIE,
    STAY
  }

  private FormerMain() {}

  public static void main(String[] args) throws Exception {
    Path parent = Path.of(args[0]);
    OnTakeover onTakeover = OnTakeover.valueOf(args[1]);
    StateFolder folder = Folders.in(parent);
    PoolLock lock = ((PoolLock.Taken.Ours) PoolLock.take(folder, Folders.SHOP)).lock();
    List<Listener> listeners =
        List.of(
            listen(new ListenAddress.UnixPath(parent.resolve("s").toString())),
            listen(new ListenAddress.Tcp("127.0.0.1", 0)));
    List<SavedPool.Worker> workers = new ArrayList<>();
    for (int serial = 1; serial <= Integer.parseInt(args[3]); serial++) {
      workers.add(new SavedPool.Worker(spawn(args[2], listeners), serial, 3));
    }
    SavedPool pool =
        new SavedPool(
            Folders.SHOP,
            Adoption.bootId(),
            identity((int) ProcessHandle.current().pid()),
            List.of("perl", "-e", args[2]),
            Folders.ME,
            listeners.stream().map(SavedPool.Listening::of).toList(),
            workers,
            List.of());
    StateWriter writer = new StateWriter(folder, Folders.SHOP, System.err::println);
    writer.save(pool);
    if (!writer.awaitWritten(Duration.ofSeconds(10))) {
      System.exit(1);
    }
    ControlServer.Opened opened =
        ControlServer.open(
            folder.socket(Folders.SHOP),
            Folders.ME,
            new Handler(onTakeover, lock),
            System.err::println);
    if (opened instanceof ControlServer.Opened.Refused(String reason)) {
      throw new IllegalStateException(reason);
    }
    System.out.println(
        String.join(
            " ", workers.stream().map(worker -> Integer.toString(worker.id().pid())).toList()));
    while (true) {
      LockSupport.park();
    }
  }

  private record Handler(OnTakeover onTakeover, PoolLock lock) implements ControlHandler {
    @Override
    public List<PoolStatus> status() {
      return List.of();
    }

    @Override
    public Optional<FirstSeen> first(int pid) {
      return Optional.empty();
    }

    @Override
    public EventHistory events() {
      return new EventHistory(1);
    }

    @Override
    public Answer act(ControlCommand.Action action) {
      return switch (onTakeover) {
        case HAND_OVER, STAY -> new Answer.Done("let go");
        case REFUSE -> new Answer.Refused("a restart is under way");
        case DIE -> {
          Runtime.getRuntime().halt(9);
          yield new Answer.Refused("dead");
        }
      };
    }

    @Override
    public void answered(ControlCommand.Action action, Answer answer) {
      if (onTakeover == OnTakeover.HAND_OVER) {
        lock.close();
        Runtime.getRuntime().halt(0);
      }
    }
  }

  private static Listener listen(ListenAddress address) {
    return ((Opened.Open) Listeners.open(address, ListenOptions.DEFAULT)).listener();
  }

  private static ProcessId spawn(String script, List<Listener> listeners) {
    Spawned spawned =
        Spawner.spawn(
            SpawnRequest.of(
                List.of("perl", "-e", script),
                listeners.stream().map(Listener::fd).toList(),
                Map.of("PATH", "/usr/bin:/bin")));
    return identity(((Spawned.Child) spawned).pid());
  }

  static ProcessId identity(int pid) {
    ProcRead<StatFile> stat = new ProcFs(new NativeLibc(), Path.of("/proc")).stat(pid);
    return new ProcessId(pid, ((ProcRead.Found<StatFile>) stat).value().startTicks());
  }
}
