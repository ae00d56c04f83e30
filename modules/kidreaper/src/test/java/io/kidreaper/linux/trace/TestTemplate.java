package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.process.Gated;
import io.kidreaper.linux.process.SpawnRequest;
import io.kidreaper.linux.process.Spawned;
import io.kidreaper.linux.process.Spawner;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.linux.socket.Listener;
import io.kidreaper.linux.socket.Listeners;
import io.kidreaper.linux.socket.Opened;
import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** One program behind a unix socket, held as a template by a thread of this process. */
final class TestTemplate implements AutoCloseable {
  final Path socket;
  final Listener listener;
  final Spawned.Child child;
  final ProcessId process;
  private final CompletableFuture<Template.Booted> booted = new CompletableFuture<>();
  private final Template template;
  private final List<Forked.Child> workers = new ArrayList<>();

  /** What a test changes about it. */
  record Manner(
      Duration patience,
      TemplateObserver observer,
      UnaryOperator<SpawnRequest> request,
      Consumer<Spawned.Child> beforeHeld) {
    static final Manner USUAL =
        new Manner(Duration.ofSeconds(60), TemplateObserver.NONE, it -> it, _ -> {});

    Manner patience(Duration time) {
      return new Manner(time, observer, request, beforeHeld);
    }

    Manner observer(TemplateObserver told) {
      return new Manner(patience, told, request, beforeHeld);
    }

    Manner request(UnaryOperator<SpawnRequest> change) {
      return new Manner(patience, observer, change, beforeHeld);
    }

    Manner beforeHeld(Consumer<Spawned.Child> action) {
      return new Manner(patience, observer, request, action);
    }
  }

  private TestTemplate(Path folder, List<String> command, Manner manner) {
    this.socket = folder.resolve("s");
    this.listener =
        ((Opened.Open)
                Listeners.open(
                    new ListenAddress.UnixPath(socket.toString()), ListenOptions.DEFAULT))
            .listener();
    Map<String, String> environment =
        Map.of("PATH", "/usr/sbin:/usr/bin:/bin", "KIDREAPER_TEST", folder.toString());
    SpawnRequest request =
        manner.request().apply(SpawnRequest.of(command, List.of(listener.fd()), environment));
    Gated gated = Spawner.spawnGated(request);
    this.child = (Spawned.Child) gated.spawned();
    this.process =
        new ProcessId(child.pid(), Proc.REAL.stat(child.pid()).orElseThrow().startTicks());
    manner.beforeHeld().accept(child);
    this.template =
        Template.hold(
            new Template.Request(
                process,
                Set.of(link(listener.fd())),
                link(child.outputFd()),
                link(child.errorFd()),
                request.deathSignal(),
                manner.patience()),
            Spawner::ownPipeOf,
            gated::open,
            booted::complete,
            manner.observer());
  }

  static TestTemplate of(Path folder, List<String> command) {
    return of(folder, command, Manner.USUAL);
  }

  static TestTemplate of(Path folder, List<String> command, Manner manner) {
    return new TestTemplate(folder, command, manner);
  }

  private static String link(int fd) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  Template.Booted booted() {
    return get(booted);
  }

  TestTemplate standing() {
    assertThat(booted()).isInstanceOf(Template.Booted.Standing.class);
    return this;
  }

  NotForkable refused() {
    assertThat(booted()).isInstanceOf(Template.Booted.Refused.class);
    return ((Template.Booted.Refused) booted()).why();
  }

  Forked tryFork() {
    CompletableFuture<Forked> forked = new CompletableFuture<>();
    template.fork(() -> true, forked::complete);
    return get(forked);
  }

  Forked.Child fork() {
    Forked forked = tryFork();
    assertThat(forked).isInstanceOf(Forked.Child.class);
    workers.add((Forked.Child) forked);
    return (Forked.Child) forked;
  }

  Template template() {
    return template;
  }

  /** Asks once, and gives what is answered until the connection is closed. */
  String ask() throws IOException {
    return ask(socket);
  }

  static String ask(Path socket) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      int read = channel.read(buffer);
      while (read > 0) {
        read = channel.read(buffer);
      }
      return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
    }
  }

  private static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(90, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no answer from the template", e);
    }
  }

  /** Reads once from one of our ends of a pipe. */
  static String read(int fd) {
    try (InputStream in = Files.newInputStream(Path.of("/proc/self/fd/" + fd))) {
      byte[] bytes = new byte[4096];
      int count = in.read(bytes);
      return new String(bytes, 0, Math.max(0, count), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    template.close();
    List<Integer> pids = new ArrayList<>(List.of(child.pid()));
    List<Integer> fds = new ArrayList<>(List.of(child.outputFd(), child.errorFd()));
    for (Forked.Child worker : workers) {
      pids.add(worker.pid());
      fds.add(worker.outputFd());
      fds.add(worker.errorFd());
    }
    end(pids, fds);
    listener.close();
  }

  /** Kills children of ours and reaps them, for nobody else does here. */
  static void end(List<Integer> pids, List<Integer> fds) {
    NativePtraceCalls calls = new NativePtraceCalls();
    Libc libc = new NativeLibc();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment siginfo = arena.allocate(TaskEvent.SIGINFO_BYTES, 8);
      for (int pid : pids) {
        calls.kill(pid);
        calls.waitId(WaitFor.TASK, pid, siginfo, WaitFor.WEXITED | WaitFor.WALL);
      }
    }
    fds.stream().filter(fd -> fd >= 0).forEach(libc::close);
  }
}
